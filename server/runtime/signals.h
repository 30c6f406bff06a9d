#pragma once

#include <functional>
#include <memory>

#include "server/runtime/loop.h"

namespace henge::runtime {

// From construction to destruction: the first SIGTERM or SIGINT becomes one call on the loop (the
// node drains); the second ends the process at once with 128 + its number, even if the loop is
// stuck. SIGPIPE and SIGXFSZ are ignored: writes answer EPIPE and EFBIG instead. At most one at a
// time in a process. Thread: the loop's.
class Signals {
 public:
  Signals(Loop& loop, std::function<void(int signal)> onStop);
  ~Signals();
  Signals(const Signals&) = delete;
  Signals& operator=(const Signals&) = delete;

 private:
  struct Watch;
  std::unique_ptr<Watch> watch_;
};

}  // namespace henge::runtime
