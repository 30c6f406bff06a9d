#pragma once

#include <functional>
#include <string>

#include "server/ports/fatal.h"

namespace henge::runtime {

// Ends the process with _exit: no destructor runs, nothing more is written, nothing more is said to
// any client. Thread: any.
class ProcessFatal final : public ports::Fatal {
 public:
  // Says the one last line; it must not wait for the loop. May be called from any thread.
  using LastWord = std::function<void(ports::ExitCode code, const std::string& reason)>;

  explicit ProcessFatal(LastWord lastWord);
  [[noreturn]] void fatal(ports::ExitCode code, const std::string& reason) override;

 private:
  LastWord lastWord_;
};

}  // namespace henge::runtime
