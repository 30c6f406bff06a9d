// One run of the inspector against fake nodes, and what it left behind.
#pragma once

#include <string>
#include <vector>

#include "inspector/inspect.h"
#include "tests/unit/inspector/fake_nodes.h"

namespace henge::inspector::testing {

struct InspectorRun {
  int exit = -1;
  std::string out;
  std::string err;
};

// `directories`: nullptr, there are none.
InspectorRun runWords(FakeNodes& nodes, const std::vector<std::string>& words,
                      bool terminal = false, NodeOpener* directories = nullptr);

}  // namespace henge::inspector::testing
