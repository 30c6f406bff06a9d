// The clocks of one node's host on the world's virtual time.
#pragma once

#include <cstdint>

#include "server/ports/clock.h"

namespace henge::sim {

// Belongs to the host and outlives the processes on it. The world's now() is true monotonic time
// and its wall() true wall time. Integers only: one run is one run everywhere.
class SimClock final : public ports::Clock {
 public:
  explicit SimClock(const ports::Clock& world, Duration wallOffset = {})
      : world_(world), since_(world.now()), wallThen_{world.wall().micros + wallOffset.micros} {}

  MonoTime now() const override { return world_.now() + boot_; }
  WallTime wall() const override;

  // The host has started anew: its monotonic time begins elsewhere.
  void boot(Duration offset) { boot_ = offset; }
  // When the world reaches what this node calls `when`: for timers on the world's loop.
  MonoTime worldTime(MonoTime when) const { return {when.micros - boot_.micros}; }

  // From now on the wall clock gains so many microseconds a second; negative: it loses.
  void setDrift(std::int64_t partsPerMillion);
  void step(Duration by);  // forward, or back; a stuck clock too
  // It shows the same until thaw(), and goes on from where it stood.
  void freeze();
  void thaw();
  // As after a step by NTP: true, and it runs as before.
  void correct();
  // How far it is ahead of the truth.
  MonoTime changedAt() const { return since_; }  // of the world: not by running wrong
  Duration error() const { return {wall().micros - world_.wall().micros}; }

 private:
  void anchor();

  const ports::Clock& world_;
  Duration boot_;
  MonoTime since_;     // of the world: when the wall clock was last changed
  WallTime wallThen_;  // what it showed then
  std::int64_t driftPpm_ = 0;
  bool stuck_ = false;
};

}  // namespace henge::sim
