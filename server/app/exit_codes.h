// How a failed start ends the process (docs/operations.md).
#pragma once

#include "core/error.h"
#include "server/ports/fatal.h"

namespace henge::app {

ports::ExitCode exitCodeOf(ErrorKind kind);

}  // namespace henge::app
