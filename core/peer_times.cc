#include "core/peer_times.h"

#include <algorithm>
#include <vector>

namespace henge {

void PeerTimes::heard(NodeId from, WallTime wall, MonoTime now) {
  const Heard heard{wall.micros - now.micros, now};
  const bool isNew = heard_.insert_or_assign(from, heard).second;
  if (isNew || now - summedAt_ >= summedEvery) sum(now);
}

// This node's own clock is no witness.
void PeerTimes::sum(MonoTime now) {
  std::vector<std::int64_t> offsets;
  offsets.reserve(heard_.size());
  for (const auto& [peer, heard] : heard_) {
    if (now - heard.at <= heardWithin) offsets.push_back(heard.offset);
  }
  summedAt_ = now;
  majority_.reset();
  if (offsets.size() <= members_ / 2) return;
  const auto majority = offsets.begin() + static_cast<std::ptrdiff_t>(members_ / 2);
  std::nth_element(offsets.begin(), majority, offsets.end());
  majority_ = *majority;
}

Duration PeerTimes::lead(WallTime wall, MonoTime now) const {
  if (!majority_ || now - summedAt_ > heardWithin) return {};
  return {std::max<std::int64_t>(wall.micros - (now.micros + *majority_), 0)};
}

WallTime PeerTimes::bounded(WallTime wall, MonoTime now) const {
  const Duration lead = this->lead(wall, now);
  return lead > leadMax_ ? WallTime{wall.micros - lead.micros + leadMax_.micros} : wall;
}

}  // namespace henge
