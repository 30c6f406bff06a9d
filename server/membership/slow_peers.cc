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

template <typename Peers>
auto placeOf(Peers& peers, NodeId node) {
  return std::ranges::lower_bound(peers, node, {}, [](const auto& one) { return one.node; });
}

}  // namespace

SlowPeers::Peer& SlowPeers::at(NodeId node) {
  const auto place = placeOf(peers_, node);
  if (place != peers_.end() && place->node == node) return *place;
  return *peers_.insert(place, {.node = node});
}

// What a ping was faster than may be a disk.
void SlowPeers::onPinged(NodeId node, Duration took) {
  Peer& peer = at(node);
  const bool isFetched = peer.fetchedAt && clock_.now() - *peer.fetchedAt < options_.slowAtLeast;
  if (isFetched && took < peer.latency.weighted()) return;
  add(peer, took);
}

void SlowPeers::onFetched(NodeId node, Duration took) {
  Peer& peer = at(node);
  peer.fetchedAt = clock_.now();
  add(peer, took);
}

// Whoever asked had little time: it is no fast answer for that.
void SlowPeers::onFetchExpired(NodeId node, Duration waited) {
  onFetched(node, std::max(waited, at(node).latency.weighted()));
}

// Those that waited together, for whatever it was, are late once.
void SlowPeers::add(Peer& peer, Duration took) {
  const MonoTime now = clock_.now();
  peer.latency.add(took, now);
  if (took < options_.slowFrom) {
    peer.lateInARow = 0;
  } else if (peer.lateInARow == 0 || now >= peer.lateAt + took) {
    peer.lateInARow = static_cast<std::uint8_t>(std::min(peer.lateInARow + 1, lateInARowLeast));
    peer.lateAt = now;
  }
  // Most are never late: then nobody else matters.
  if (peer.latency.weighted() >= options_.slowFrom || late_.contains(peer.node)) judge(peer);
}

void SlowPeers::judge(const Peer& peer) {
  if (peers_.size() < 2) return;
  const MonoTime now = clock_.now();
  const Duration weighted = peer.latency.weighted();
  Late& late = late_[peer.node];
  const Duration median = othersMedian(weighted, now);
  const Duration from = std::max(options_.slowFrom, median * options_.slowTimesMedian);
  const bool slow = late.slowSince.has_value();
  const bool becomes = !slow && weighted >= from && peer.lateInARow == lateInARowLeast;
  const bool ends =
      slow && now - *late.slowSince >= late.slowFor && weighted.micros < from.micros / 2;
  if (becomes) begin(late, now);
  if (ends) {
    late.slowSince.reset();
    late.endedAt = now;
  }
  if (becomes || ends) {
    probe("slow peers: one changes");
    sink_.onSlow(peer.node, becomes,
                 "answers after " + inMillis(weighted) + ", the others after " + inMillis(median));
  }
  const bool wasSlow = late.endedAt && now - *late.endedAt < late.slowFor * 2;
  if (!late.slowSince && !wasSlow && weighted < options_.slowFrom) late_.erase(peer.node);
}

// One that is asked last answers pings alone, and those may be fast although its disk is not.
void SlowPeers::begin(Late& late, MonoTime now) const {
  const bool again = late.endedAt && now - *late.endedAt < late.slowFor * 2;
  late.slowFor = again ? std::min(late.slowFor * 2, options_.slowAtMost) : options_.slowAtLeast;
  late.slowSince = now;
}

// All peers are looked at for all of them: without the one in question, whose own latency is among
// the upper half or not, the middle is one of two.
Duration SlowPeers::othersMedian(Duration own, MonoTime now) {
  if (!medianAt_ || now - *medianAt_ >= medianEvery) {
    medianAt_ = now;
    std::vector<std::int64_t> all;
    all.reserve(peers_.size());
    for (const Peer& peer : peers_) all.push_back(peer.latency.weighted().micros);
    const std::size_t middle = (all.size() - 1) / 2;
    const auto upper =
        all.begin() + static_cast<std::ptrdiff_t>(std::min(middle + 1, all.size() - 1));
    std::nth_element(all.begin(), upper, all.end());
    upperMedian_ = {*upper};
    lowerMedian_ = {middle + 1 < all.size() ? *std::max_element(all.begin(), upper) : *upper};
  }
  return own > lowerMedian_ ? lowerMedian_ : upperMedian_;
}

const LatencyEstimate* SlowPeers::of(NodeId peer) const {
  const auto found = placeOf(peers_, peer);
  return found == peers_.end() || found->node != peer ? nullptr : &found->latency;
}

}  // namespace henge::membership
