#include "tests/unit/client/console_run.h"

#include <sstream>

namespace henge::client::testing {

ConsoleRun runWords(FakeCluster& cluster, const std::vector<std::string>& words,
                    const RunOptions& options) {
  std::ostringstream out;
  std::ostringstream err;
  std::istringstream in(options.input);
  const FakeClock clock;
  Interrupt interrupt;
  Screen screen{out, err, in, options.terminal};
  ConsoleRun run;
  run.exit = runConsole(words, {cluster, clock, options.environment, "0.1.0", interrupt}, screen);
  run.out = out.str();
  run.err = err.str();
  return run;
}

std::vector<std::string> shellWords(const std::string& line) {
  std::vector<std::string> words;
  std::string word;
  bool open = false;
  bool begun = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '\\' && !open && i + 1 < line.size()) {
      word += line[++i];
      begun = true;
    } else if (c == '\'') {
      open = !open;
      begun = true;
    } else if (c == ' ' && !open) {
      if (begun) words.push_back(word);
      word.clear();
      begun = false;
    } else {
      word += c;
      begun = true;
    }
  }
  if (begun) words.push_back(word);
  return words;
}

}  // namespace henge::client::testing
