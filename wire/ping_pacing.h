// How often a node asks its silent peers whether they are there.
#pragma once

#include <algorithm>
#include <cstddef>

#include "core/time.h"

namespace henge::wire {

struct PingPacing {
  static constexpr Duration perPeer = 5_ms;
  static constexpr std::int64_t pingsToSilence = 4;

  Duration pingAfter;   // nothing heard for so long: ask
  Duration silenceMax;  // nothing heard for so long: the link is down
};

// Each of n nodes asks all others: at one pace for every n the pings grow with its square. So a
// node asks at most once in 5 ms, whatever n is, and is the more patient the rarer it asks.
inline PingPacing pacedFor(std::size_t peers, PingPacing least) {
  const Duration pingAfter =
      std::max(least.pingAfter, PingPacing::perPeer * static_cast<std::int64_t>(peers));
  return {pingAfter, std::max(least.silenceMax, pingAfter * PingPacing::pingsToSilence)};
}

}  // namespace henge::wire
