// One run of the inspector against fake nodes, and what it left behind.
#pragma once

#include <functional>
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

// The terminal, if it is one, and what happens when the inspector waits.
struct InspectorStage {
  bool terminal = false;
  int lines = 24;
  std::function<bool()> pause = [] { return false; };  // false: no further reading is wanted
};

// `directories`: nullptr, there are none.
InspectorRun runWords(FakeNodes& nodes, const std::vector<std::string>& words,
                      const InspectorStage& stage = {}, NodeOpener* directories = nullptr);

}  // namespace henge::inspector::testing
