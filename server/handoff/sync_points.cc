#include "server/handoff/sync_points.h"

#include <algorithm>
#include <cassert>

namespace henge::handoff {

void SyncPoints::set(OpId op, MonoTime deadline) {
  [[maybe_unused]] const bool isNew = points_.emplace(op, Point{deadline, 0, {}, {}}).second;
  assert(isNew);
}

void SyncPoints::count(std::uint64_t lastNumber, const std::map<NodeId, std::uint64_t>& counts) {
  HintSync sync;
  for (const auto& [target, count] : counts) sync.asked += count;
  sync.left = sync.asked;
  for (auto& [op, point] : points_)
    if (!point.sync) point = {point.deadline, lastNumber, counts, sync};
}

void SyncPoints::onEnded(HintId id, HintEnd end) {
  const bool arrived = end == HintEnd::delivered || end == HintEnd::cancelled;
  for (auto& [op, point] : points_) {
    const auto left = point.left.find(id.target);
    if (id.number > point.lastNumber || left == point.left.end() || left->second == 0) continue;
    --left->second;
    --point.sync->left;
    ++(arrived ? point.sync->delivered : point.sync->lost);
  }
}

std::vector<SyncPoints::Reached> SyncPoints::takeReached(MonoTime now, bool all) {
  std::vector<Reached> reached;
  for (const auto& [op, point] : points_)
    if (all || now >= point.deadline || (point.sync && point.sync->left == 0))
      reached.push_back({op, point.sync});
  for (const Reached& one : reached) points_.erase(one.op);
  return reached;
}

MonoTime SyncPoints::nextDeadline() const {
  assert(!points_.empty());
  return std::min_element(
             points_.begin(), points_.end(),
             [](const auto& a, const auto& b) { return a.second.deadline < b.second.deadline; })
      ->second.deadline;
}

}  // namespace henge::handoff
