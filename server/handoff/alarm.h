// Wakes its owner once, at the earliest time that was asked for.
#pragma once

#include <cstdint>
#include <optional>

#include "server/ports/clock.h"
#include "server/ports/timers.h"

namespace henge::handoff {

// The ports' timers cannot be taken back: those that an earlier one has overtaken ring for nothing.
// Thread: its owner's loop only. Clock, timers and owner outlive it.
class Alarm {
 public:
  Alarm(const ports::Clock& clock, ports::Timers& timers, ports::TimerSink& owner)
      : clock_(clock), timers_(timers), owner_(owner) {}

  // Unless it rings sooner anyway.
  void arm(Duration span) {
    const MonoTime when = clock_.now() + span;
    if (when_ && *when_ <= when) return;
    when_ = when;
    timers_.wakeAt(when, owner_, static_cast<std::uint64_t>(when.micros));
  }

  // In the owner's onTimer(): whether that is what it was armed for. Then it is armed no more.
  bool rings(std::uint64_t token) {
    if (!when_ || static_cast<std::uint64_t>(when_->micros) != token) return false;
    when_.reset();
    return true;
  }

 private:
  const ports::Clock& clock_;
  ports::Timers& timers_;
  ports::TimerSink& owner_;
  std::optional<MonoTime> when_;
};

}  // namespace henge::handoff
