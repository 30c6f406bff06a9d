// One case, run in this process.
#pragma once

#include "tests/sim/plan/fault.h"
#include "tests/sim/program/run_report.h"

namespace henge::sim {

struct RunWishes {
  bool twice = false;  // to see whether it is the same both times
  bool events = true;  // the last ones before a violation are wanted
  bool echo = false;   // all events go to stdout as they happen
};

// What violates an invariant is run once more, with its last events kept as text, unless they are
// not wanted.
RunReport runCase(const Case& what, RunWishes wishes);

}  // namespace henge::sim
