#include "server/coordinator/replica_pace.h"

#include <algorithm>

namespace henge::coordinator {

Duration ReplicaPace::p95(NodeId node) const {
  const auto found = replicas_.find(node);
  return found == replicas_.end() ? Duration{} : found->second.times.quantile(950);
}

Duration ReplicaPace::overdueAfter(NodeId node) const {
  const auto found = replicas_.find(node);
  if (found == replicas_.end() || found->second.times.answers() < measuredMin)
    return overdueUnknown;
  return std::max(overdueMin, found->second.times.quantile(950));
}

Duration ReplicaPace::stuckAfter(NodeId node) const {
  return std::max(stuckMin, overdueAfter(node) * 4);
}

bool ReplicaPace::isStuck(NodeId node, MonoTime now) const {
  const auto found = replicas_.find(node);
  if (found == replicas_.end() || found->second.overdue.empty()) return false;
  return now - found->second.overdue.begin()->second > stuckAfter(node);
}

void ReplicaPace::onOverdue(NodeId node, OpId op, MonoTime since) {
  replicas_[node].overdue.emplace(op, since);
}

void ReplicaPace::onAnswered(NodeId node, Duration took, MonoTime now) {
  replicas_[node].times.add(took, now);
}

void ReplicaPace::onSettled(NodeId node, OpId op, MonoTime now, bool isAnswer) {
  const auto found = replicas_.find(node);
  if (found == replicas_.end()) return;
  const auto overdue = found->second.overdue.find(op);
  if (overdue == found->second.overdue.end()) return;
  if (isAnswer) found->second.times.add(now - overdue->second, now);
  found->second.overdue.erase(overdue);
}

void ReplicaPace::onRead() { earned_ = std::min(earned_ + 1, extrasSaved * readsPerExtra); }

bool ReplicaPace::takeExtra() {
  if (earned_ < readsPerExtra) return false;
  earned_ -= readsPerExtra;
  return true;
}

}  // namespace henge::coordinator
