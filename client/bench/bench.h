// `henge bench`: a load from its words to its exit code.
#pragma once

#include <iosfwd>
#include <span>
#include <string>
#include <string_view>

namespace henge::bench {

struct Surroundings {
  std::ostream& out;  // the summary, and the JSON of --json -
  std::ostream& err;  // progress and errors
  bool errIsTerminal = false;
  std::string nodes;  // HENGE_NODES
  std::string_view version;
};

// words: those after "bench". Takes SIGINT and SIGTERM while it runs. Returns the exit code.
int runBench(std::span<const std::string> words, const Surroundings& around);

}  // namespace henge::bench
