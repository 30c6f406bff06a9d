#include "client/library/client_clock.h"

#include <cassert>
#include <optional>

namespace henge::library {

Version ClientClock::stamp(WallTime wall) {
  if (const std::optional<std::int64_t> ceiling = clock_.ceilingWanted(wall)) {
    clock_.ceilingDurable(*ceiling);  // no restart will ask for it
  }
  const std::optional<Version> version = clock_.stamp(wall);
  assert(version && "the ceiling has just been raised above now");
  return *version;
}

void ClientClock::observeTime(std::int64_t hybridTime) { clock_.observe({hybridTime, 0}); }

void ClientClock::observe(Version version, WallTime wall) {
  if (isTooFarAhead(version, clock_.now(wall), Limits().stampAheadMaxMs)) return;
  clock_.observe(version);
}

}  // namespace henge::library
