#include "core/replica_plan.h"

#include <algorithm>

namespace henge {

namespace {

void split(const Ring& ring, const UpSet& up, BytesView key, std::vector<NodeId>& live,
           std::vector<NodeId>& missing) {
  for (NodeId node : ring.replicasOf(key)) (up.isUp(node) ? live : missing).push_back(node);
}

std::string listOf(const std::vector<NodeId>& nodes) {
  std::string out = "(";
  for (NodeId node : nodes) {
    if (out.size() > 1) out += ",";
    out += std::to_string(node.value);
  }
  return out + ")";
}

}  // namespace

WritePlan planWrite(const Ring& ring, const UpSet& up, BytesView key, Consistency level) {
  WritePlan plan;
  split(ring, up, key, plan.live, plan.missing);
  plan.required = requiredOf(level, ring.replication());
  return plan;
}

ReadPlan planRead(const Ring& ring, const UpSet& up, BytesView key, Consistency level,
                  NodeId coordinator) {
  ReadPlan plan;
  split(ring, up, key, plan.order, plan.missing);
  plan.required = requiredOf(level, ring.replication());
  std::stable_partition(plan.order.begin(), plan.order.end(),
                        [&up](NodeId node) { return !up.isSlow(node); });
  auto self = std::find(plan.order.begin(), plan.order.end(), coordinator);
  if (self != plan.order.end()) std::rotate(plan.order.begin(), self, self + 1);
  return plan;
}

std::string toString(const WritePlan& plan) {
  return "live=" + listOf(plan.live) + " down=" + listOf(plan.missing) +
         " required=" + std::to_string(plan.required);
}

std::string toString(const ReadPlan& plan) {
  return "order=" + listOf(plan.order) + " down=" + listOf(plan.missing) +
         " required=" + std::to_string(plan.required);
}

}  // namespace henge
