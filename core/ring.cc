#include "core/ring.h"

#include <algorithm>
#include <cassert>
#include <map>

namespace henge {

namespace {

// Members by their index, in ring order of their tokens.
struct Place {
  BytesView token;
  std::size_t member;
};

std::vector<Place> placesOf(const Cluster& cluster) {
  std::vector<Place> places;
  for (std::size_t i = 0; i < cluster.members.size(); ++i) {
    for (const Bytes& token : cluster.members[i].tokens) places.push_back({token, i});
  }
  std::sort(places.begin(), places.end(),
            [](const Place& a, const Place& b) { return a.token < b.token; });
  return places;
}

// Numbers of the zones, by member. Members that name no zone share one; where nobody names any,
// that one zone is used at once and ring order alone decides.
std::vector<std::size_t> zonesOf(const Cluster& cluster) {
  std::map<std::string_view, std::size_t> numbers;
  std::vector<std::size_t> zones;
  for (const Member& member : cluster.members) {
    zones.push_back(numbers.emplace(member.zone, numbers.size()).first->second);
  }
  return zones;
}

// Walks clockwise from one token after another. Two lists: nodes that open a zone, and nodes of
// zones already used, which fill up what the zones leave over.
class ReplicaWalk {
 public:
  explicit ReplicaWalk(const Cluster& cluster)
      : cluster_(cluster),
        places_(placesOf(cluster)),
        zones_(zonesOf(cluster)),
        zoneCount_(1 + *std::max_element(zones_.begin(), zones_.end())) {}

  const std::vector<Place>& places() const { return places_; }

  std::vector<NodeId> from(std::size_t start) const {
    auto wanted = static_cast<std::size_t>(cluster_.replication);
    std::vector<bool> memberSeen(cluster_.members.size());
    std::vector<bool> zoneSeen(zoneCount_);
    std::vector<NodeId> opening, filling;
    for (std::size_t step = 0; step < places_.size(); ++step) {
      std::size_t enough = std::min(wanted, zoneCount_);
      if (opening.size() == enough && opening.size() + filling.size() >= wanted) break;
      std::size_t member = places_[(start + step) % places_.size()].member;
      if (memberSeen[member]) continue;
      memberSeen[member] = true;
      bool opens = !zoneSeen[zones_[member]];
      zoneSeen[zones_[member]] = true;
      (opens ? opening : filling).push_back(cluster_.members[member].id);
    }
    opening.insert(opening.end(), filling.begin(), filling.end());
    assert(opening.size() >= wanted);
    opening.resize(wanted);
    return opening;
  }

 private:
  const Cluster& cluster_;
  std::vector<Place> places_;
  std::vector<std::size_t> zones_;
  std::size_t zoneCount_;
};

}  // namespace

Bytes orderedKey(Partitioner partitioner, BytesView key) {
  Bytes out;
  if (partitioner == Partitioner::hash) appendBigEndian64(out, hash64(key));
  out.append(key);
  return out;
}

Ring::Ring(Cluster cluster) : cluster_(std::move(cluster)) {
  assert(validate(cluster_).ok());
  ReplicaWalk walk(cluster_);
  const std::vector<Place>& places = walk.places();
  ranges_.reserve(places.size());
  for (std::size_t i = 0; i < places.size(); ++i) {
    BytesView end = places[(i + 1) % places.size()].token;
    ranges_.push_back({Bytes(places[i].token), Bytes(end), walk.from(i)});
  }
}

Bytes Ring::positionOf(BytesView key) const {
  if (cluster_.partitioner == Partitioner::bytes) return Bytes(key);
  Bytes position;
  appendBigEndian64(position, hash64(key));
  return position;
}

const std::vector<NodeId>& Ring::replicasOf(BytesView key) const { return rangeOf(key).replicas; }

const RingRange& Ring::rangeOf(BytesView key) const {
  Bytes hashed;
  BytesView position = key;
  if (cluster_.partitioner == Partitioner::hash) position = hashed = positionOf(key);
  auto next = std::upper_bound(
      ranges_.begin(), ranges_.end(), position,
      [](BytesView wanted, const RingRange& range) { return wanted < range.first; });
  return next == ranges_.begin() ? ranges_.back() : *(next - 1);
}

}  // namespace henge
