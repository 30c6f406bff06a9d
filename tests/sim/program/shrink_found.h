// What the program does with the first finding: makes it smaller, prints it, keeps it.
#pragma once

#include "core/result.h"
#include "tests/sim/program/arguments.h"
#include "tests/sim/program/run_in_order.h"
#include "tests/sim/program/shrink.h"

namespace henge::sim {

// Nothing is done for runs that were too slow: each candidate would take as long. Error: io, of the
// folder to keep it in.
Status shrinkFound(const Arguments& arguments, RunLimits limits, const FailingCase& found);

}  // namespace henge::sim
