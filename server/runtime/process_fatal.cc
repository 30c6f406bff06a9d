#include "server/runtime/process_fatal.h"

#include <unistd.h>
#include <utility>

namespace henge::runtime {

ProcessFatal::ProcessFatal(LastWord lastWord) : lastWord_(std::move(lastWord)) {}

void ProcessFatal::fatal(ports::ExitCode code, const std::string& reason) {
  lastWord_(code, reason);
  ::_exit(static_cast<int>(code));
}

}  // namespace henge::runtime
