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

Liveness UpSet::of(NodeId node) const {
  auto place = std::lower_bound(nodes_.begin(), nodes_.end(), node, isBefore);
  return place != nodes_.end() && place->first == node ? place->second : Liveness::down;
}

}  // namespace henge
