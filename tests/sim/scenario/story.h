// A story as a file: commands, and under each, set in by four spaces, what it printed.
//
//   # a comment; the first one says what a reader learns
//   put n0 k=x
//       applied v1, 2 of 2 needed
//
// With HENGE_REWRITE=1 in the environment the outputs are written into the file instead of
// compared: read the difference before you commit it.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace henge::sim {

struct StoryStep {
  std::vector<std::string> before;  // comments and blank lines
  std::string command;              // empty: the file ends with comments
  std::vector<std::string> output;
  std::size_t lineNumber = 0;
};

std::vector<StoryStep> parseStory(std::string_view text);
std::string print(const std::vector<StoryStep>& story);

}  // namespace henge::sim
