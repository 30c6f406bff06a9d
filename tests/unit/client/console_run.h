// One run of the console against a fake cluster, and what it left behind.
#pragma once

#include <string>
#include <vector>

#include "client/console.h"
#include "tests/unit/client/fake_cluster.h"

namespace henge::client::testing {

struct ConsoleRun {
  int exit = -1;
  std::string out;
  std::string err;
};

struct RunOptions {
  bool terminal = false;
  std::string input;
  Environment environment;
};

ConsoleRun runWords(FakeCluster& cluster, const std::vector<std::string>& words,
                    const RunOptions& options = {});

// Words parted by blanks; '…' keeps blanks together and \ takes the meaning away, as in a shell.
std::vector<std::string> shellWords(const std::string& line);

}  // namespace henge::client::testing
