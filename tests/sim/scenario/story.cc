#include "tests/sim/scenario/story.h"

#include <sstream>
#include <utility>

namespace henge::sim {

namespace {

constexpr std::string_view setIn = "    ";

bool isCommand(const std::string& line) { return !line.empty() && line[0] != '#'; }

}  // namespace

std::vector<StoryStep> parseStory(std::string_view text) {
  std::istringstream in{std::string(text)};
  std::vector<StoryStep> story;
  StoryStep step;
  std::size_t lineNumber = 0;
  for (std::string line; std::getline(in, line);) {
    ++lineNumber;
    if (line.starts_with(setIn) && !story.empty() && step.before.empty()) {
      story.back().output.push_back(line.substr(setIn.size()));
      continue;
    }
    if (!isCommand(line)) {
      step.before.push_back(line);
      continue;
    }
    step.command = line;
    step.lineNumber = lineNumber;
    story.push_back(std::exchange(step, {}));
  }
  if (!step.before.empty()) story.push_back(step);
  return story;
}

std::string print(const std::vector<StoryStep>& story) {
  std::string text;
  for (const StoryStep& step : story) {
    for (const std::string& line : step.before) text += line + "\n";
    if (!step.command.empty()) text += step.command + "\n";
    for (const std::string& line : step.output) text += std::string(setIn) + line + "\n";
  }
  return text;
}

}  // namespace henge::sim
