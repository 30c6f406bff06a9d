#include "core/hybrid_clock.h"

#include <algorithm>
#include <cassert>

namespace henge {

namespace {

std::int64_t clipped(WallTime wall) { return std::min(wall.micros, HybridClock::timestampMax); }

}  // namespace

// All stamps of the last run were below its ceiling, so the first one of this run may be equal to
// it.
HybridClock::HybridClock(std::uint64_t writer, std::int64_t durableCeiling, WallTime wall)
    : writer_(writer), first_(durableCeiling), ceiling_(durableCeiling) {
  assert(durableCeiling >= 0 && durableCeiling <= timestampMax + reserve.micros);
  if (untilStart(wall) > reserve) start();
}

Duration HybridClock::untilStart(WallTime wall) const {
  if (highest_ >= first_ - 1) return {};
  return {std::max<std::int64_t>(first_ - now(wall), 0)};
}

void HybridClock::start() { highest_ = used(); }

std::int64_t HybridClock::used() const { return std::max(highest_, first_ - 1); }

std::optional<Version> HybridClock::stamp(WallTime wall) {
  std::int64_t next = std::max(clipped(wall), highest_ + 1);
  if (next < first_ || next >= ceiling_) return std::nullopt;
  assert(next > 0 && next > highest_);
  highest_ = next;
  return Version{next, writer_};
}

void HybridClock::observe(Version version) {
  if (version.timestamp <= timestampMax) highest_ = std::max(highest_, version.timestamp);
}

std::optional<std::int64_t> HybridClock::ceilingWanted(WallTime wall) {
  if (ceilingInFlight_ != 0) return std::nullopt;
  std::int64_t at = now(wall);
  if (ceiling_ - at >= reserve.micros / 2) return std::nullopt;
  ceilingInFlight_ = at + reserve.micros;
  assert(ceilingInFlight_ > ceiling_);
  return ceilingInFlight_;
}

void HybridClock::ceilingDurable(std::int64_t ceiling) {
  ceiling_ = std::max(ceiling_, ceiling);
  if (ceiling >= ceilingInFlight_) ceilingInFlight_ = 0;
}

std::int64_t HybridClock::now(WallTime wall) const { return std::max(clipped(wall), highest_); }

bool isTooFarAhead(Version version, std::int64_t hybridNow, std::int64_t limitMs) {
  assert(limitMs >= 0);
  if (version.timestamp <= hybridNow) return false;
  // Unsigned: the distance of any two timestamps fits, whatever their signs.
  std::uint64_t ahead =
      static_cast<std::uint64_t>(version.timestamp) - static_cast<std::uint64_t>(hybridNow);
  return ahead / 1000 > static_cast<std::uint64_t>(limitMs) ||
         (ahead / 1000 == static_cast<std::uint64_t>(limitMs) && ahead % 1000 != 0);
}

}  // namespace henge
