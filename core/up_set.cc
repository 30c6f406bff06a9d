#include "core/up_set.h"

#include <algorithm>

namespace henge {

namespace {

bool isBefore(const std::pair<NodeId, Liveness>& entry, NodeId node) { return entry.first < node; }

}  // namespace

void UpSet::set(NodeId node, Liveness liveness) {
  auto place = std::lower_bound(nodes_.begin(), nodes_.end(), node, isBefore);
  if (place != nodes_.end() && place->first == node) {
    place->second = liveness;
  } else {
    nodes_.insert(place, {node, liveness});
  }
}

void UpSet::setSlow(NodeId node, bool slow) {
  const auto place = std::lower_bound(slow_.begin(), slow_.end(), node);
  const bool isThere = place != slow_.end() && *place == node;
  if (slow && !isThere) slow_.insert(place, node);
  if (!slow && isThere) slow_.erase(place);
}

bool UpSet::isSlow(NodeId node) const {
  return std::binary_search(slow_.begin(), slow_.end(), node);
}

Liveness UpSet::of(NodeId node) const {
  auto place = std::lower_bound(nodes_.begin(), nodes_.end(), node, isBefore);
  return place != nodes_.end() && place->first == node ? place->second : Liveness::down;
}

}  // namespace henge
