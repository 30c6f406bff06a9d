#include "inspector/agreement.h"

#include <algorithm>

namespace henge::inspector {

namespace {

const Record* recordOf(const MergedKey& merged, NodeId node) {
  for (const HeldCopy& copy : merged.copies) {
    if (copy.node == node) return &copy.record;
  }
  return nullptr;
}

bool holds(const std::vector<NodeId>& nodes, NodeId node) {
  return std::find(nodes.begin(), nodes.end(), node) != nodes.end();
}

bool has(const Agreement& agreement, CopyState state) {
  return std::any_of(agreement.copies.begin(), agreement.copies.end(),
                     [state](const Copy& copy) { return copy.state == state; });
}

// The newest of the replicas' records; a stray's only if no replica has any.
const Record* newestOf(const MergedKey& merged, const std::vector<NodeId>& replicas) {
  const Record* newest = nullptr;
  const Record* newestStray = nullptr;
  for (const HeldCopy& copy : merged.copies) {
    const Record*& best = holds(replicas, copy.node) ? newest : newestStray;
    if (best == nullptr || isNewer(copy.record, *best)) best = &copy.record;
  }
  return newest != nullptr ? newest : newestStray;
}

}  // namespace

bool Agreement::agree() const {
  return !has(*this, CopyState::behind) && !has(*this, CopyState::missing) &&
         !has(*this, CopyState::stray);
}

Agreement judge(const Ring& ring, const MergedKey& merged, const std::vector<NodeId>& unread) {
  Agreement result;
  result.replicas = ring.replicasOf(merged.key);
  result.newest = newestOf(merged, result.replicas);
  for (const NodeId node : result.replicas) {
    const Record* record = recordOf(merged, node);
    Copy copy{node, CopyState::ok, record};
    if (record == nullptr) {
      copy.state = holds(unread, node)        ? CopyState::notRead
                   : result.newest == nullptr ? CopyState::ok
                                              : CopyState::missing;
    } else if (isNewer(*result.newest, *record)) {
      copy.state = CopyState::behind;
    }
    result.current += copy.state == CopyState::ok ? 1 : 0;
    result.read += copy.state == CopyState::notRead ? 0 : 1;
    result.copies.push_back(copy);
  }
  for (const HeldCopy& copy : merged.copies) {
    if (holds(result.replicas, copy.node)) continue;
    result.copies.push_back({copy.node, CopyState::stray, &copy.record});
  }
  return result;
}

void leaveOut(Agreement& agreement, const std::vector<NodeId>& nodes) {
  std::erase_if(agreement.copies, [&nodes](const Copy& copy) { return holds(nodes, copy.node); });
}

std::string_view stateOf(const Agreement& agreement) {
  if (has(agreement, CopyState::missing)) return "missing";
  if (has(agreement, CopyState::behind)) return "behind";
  if (has(agreement, CopyState::stray)) return "stray";
  if (agreement.newest == nullptr) return "absent";
  return agreement.tombstone() ? "tombstone" : "ok";
}

}  // namespace henge::inspector
