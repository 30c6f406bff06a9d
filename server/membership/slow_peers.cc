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
  peer.lateInARow = took < options_.slowFrom ? 0 : std::min(peer.lateInARow + 1, lateInARowLeast);
  // Most are far from it: then nobody else matters.
  if (!peer.slow && peer.latency.weighted() < options_.slowFrom) return;
  refreshMedian(node, peer, now);
  const Duration from = std::max(options_.slowFrom, peer.othersMedian * options_.slowTimesMedian);
  const Duration weighted = peer.latency.weighted();
  const bool becomes = !peer.slow && weighted >= from && peer.lateInARow == lateInARowLeast;
  const bool ends = peer.slow && now - peer.slowSince >= options_.slowAtLeast &&
                    weighted.micros < from.micros / 2;
  if (!becomes && !ends) return;
  probe("slow peers: one changes");
  peer.slow = becomes;
  if (becomes) peer.slowSince = now;
  sink_.onSlow(
      node, becomes,
      "answers after " + inMillis(weighted) + ", the others after " + inMillis(peer.othersMedian));
}

void SlowPeers::refreshMedian(NodeId node, Peer& peer, MonoTime now) {
  if (peer.medianAt != MonoTime{} && now - peer.medianAt < medianEvery) return;
  peer.medianAt = now;
  std::vector<std::int64_t> all;
  for (const auto& [other, one] : peers_) {
    if (other != node) all.push_back(one.latency.weighted().micros);
  }
  if (all.empty()) return;
  const auto middle = all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2);
  std::nth_element(all.begin(), middle, all.end());
  peer.othersMedian = Duration{*middle};
}

const LatencyEstimate* SlowPeers::of(NodeId peer) const {
  const auto found = peers_.find(peer);
  return found == peers_.end() ? nullptr : &found->second.latency;
}

}  // namespace henge::membership
