// What the nodes of a running cluster hold: once, or again and again.
#pragma once

#include "inspector/arguments.h"
#include "inspector/inspect.h"

namespace henge::inspector {

// One reading. Precondition: the task is `live`. Returns the exit code.
int inspectNodes(const Options& options, const Surroundings& around, Streams& streams, bool colour);

// A reading every `options.watch`, until the surroundings want no further one. On a terminal each
// is drawn over the one before, no higher than the screen; else a line parts them.
int watchNodes(const Options& options, const Surroundings& around, Streams& streams, bool colour);

}  // namespace henge::inspector
