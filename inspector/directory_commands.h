// `log DIR` and `verify DIR`: a stopped node's data directory.
#pragma once

#include "inspector/arguments.h"
#include "inspector/inspect.h"
#include "inspector/stopped_node.h"

namespace henge::inspector {

// Precondition: the options name a directory. Returns the exit code.
int inspectDirectory(const Options& options, NodeOpener& opener, Streams& streams, bool colour);

}  // namespace henge::inspector
