#include "core/peer_times.h"

#include <algorithm>
#include <vector>

namespace henge {

void PeerTimes::heard(NodeId from, WallTime wall, MonoTime now) { heard_[from] = {wall, now}; }

// The time that a majority of the members has not passed yet: this node's own clock is no witness.
Duration PeerTimes::lead(WallTime wall, MonoTime now) const {
  std::vector<std::int64_t> times;
  times.reserve(heard_.size());
  for (const auto& [peer, heard] : heard_) {
    const Duration since = now - heard.at;
    if (since <= heardWithin) times.push_back(heard.wall.micros + since.micros);
  }
  if (times.size() <= members_ / 2) return {};
  const auto majority = times.begin() + static_cast<std::ptrdiff_t>(members_ / 2);
  std::nth_element(times.begin(), majority, times.end());
  return {std::max<std::int64_t>(wall.micros - *majority, 0)};
}

WallTime PeerTimes::bounded(WallTime wall, MonoTime now) const {
  const Duration lead = this->lead(wall, now);
  return lead > leadMax_ ? WallTime{wall.micros - lead.micros + leadMax_.micros} : wall;
}

}  // namespace henge
