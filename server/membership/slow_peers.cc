#include "server/membership/slow_peers.h"

#include <algorithm>
#include <vector>

#include "core/rehearsal.h"

namespace henge::membership {

namespace {

std::string inMillis(Duration time) {
  const std::int64_t tenths = time.micros / 100;
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " ms";
}

}  // namespace

void SlowPeers::onLatency(NodeId node, Duration took) {
  const MonoTime now = clock_.now();
  Peer& peer = peers_[node];
  peer.latency.add(took, now);
  const int inARow = took < options_.slowFrom ? 0 : std::min(peer.lateInARow + 1, lateInARowLeast);
  peer.lateInARow = static_cast<std::uint8_t>(inARow);
  const Duration weighted = peer.latency.weighted();
  // Most are never late: then nobody else matters.
  if (!late_.contains(node) && weighted < options_.slowFrom) return;
  Late& late = late_[node];
  refreshMedian(node, late, now);
  const Duration from = std::max(options_.slowFrom, late.othersMedian * options_.slowTimesMedian);
  const bool slow = late.slowSince.has_value();
  const bool becomes = !slow && weighted >= from && inARow == lateInARowLeast;
  const bool ends =
      slow && now - *late.slowSince >= options_.slowAtLeast && weighted.micros < from.micros / 2;
  if (becomes) late.slowSince = now;
  if (becomes || ends) {
    probe("slow peers: one changes");
    sink_.onSlow(node, becomes,
                 "answers after " + inMillis(weighted) + ", the others after " +
                     inMillis(late.othersMedian));
  }
  if (ends || (!slow && !becomes && weighted < options_.slowFrom)) late_.erase(node);
}

void SlowPeers::refreshMedian(NodeId node, Late& late, MonoTime now) const {
  if (late.medianAt && now - *late.medianAt < medianEvery) return;
  late.medianAt = now;
  std::vector<std::int64_t> all;
  for (const auto& [other, one] : peers_) {
    if (other != node) all.push_back(one.latency.weighted().micros);
  }
  if (all.empty()) return;
  const auto middle = all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2);
  std::nth_element(all.begin(), middle, all.end());
  late.othersMedian = Duration{*middle};
}

const LatencyEstimate* SlowPeers::of(NodeId peer) const {
  const auto found = peers_.find(peer);
  return found == peers_.end() ? nullptr : &found->second.latency;
}

}  // namespace henge::membership
