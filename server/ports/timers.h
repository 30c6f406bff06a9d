#pragma once

#include <cstdint>

#include "core/time.h"

namespace henge::ports {

// Who is woken. `token` is the waker's own word for what it waited for; an operation that has ended
// since is not found under it, and the event is dropped.
class TimerSink {
 public:
  virtual void onTimer(std::uint64_t token) = 0;

 protected:
  ~TimerSink() = default;
};

// Thread: the loop's. Sinks outlive the loop's last round. Events never arrive inside the call.
class Timers {
 public:
  virtual ~Timers() = default;
  virtual void wakeAt(MonoTime when, TimerSink& sink, std::uint64_t token) = 0;
  // Once, when everything that is ready now has been handled: for work that is done once a round
  // (one write per connection, answers of the node to itself).
  virtual void atRoundEnd(TimerSink& sink, std::uint64_t token) = 0;
};

}  // namespace henge::ports
