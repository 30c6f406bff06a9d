#include "tests/sim/clock.h"

namespace henge::sim {

namespace {

constexpr std::int64_t million = 1'000'000;

// elapsed × ppm ÷ 10⁶, rounded down, without a product that could overflow.
std::int64_t gained(std::int64_t elapsed, std::int64_t partsPerMillion) {
  const std::int64_t whole = elapsed / million * partsPerMillion;
  const std::int64_t rest = elapsed % million * partsPerMillion;
  return whole + rest / million - (rest % million < 0 ? 1 : 0);
}

}  // namespace

WallTime SimClock::wall() const {
  if (stuck_) return wallThen_;
  const std::int64_t elapsed = (world_.now() - since_).micros;
  return {wallThen_.micros + elapsed + gained(elapsed, driftPpm_)};
}

void SimClock::anchor() {
  wallThen_ = wall();
  since_ = world_.now();
}

void SimClock::setDrift(std::int64_t partsPerMillion) {
  anchor();
  driftPpm_ = partsPerMillion;
}

void SimClock::step(Duration by) {
  anchor();
  wallThen_.micros += by.micros;
}

void SimClock::freeze() {
  anchor();
  stuck_ = true;
}

void SimClock::thaw() {
  anchor();
  stuck_ = false;
}

void SimClock::correct() {
  thaw();
  wallThen_ = world_.wall();
}

}  // namespace henge::sim
