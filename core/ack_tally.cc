#include "core/ack_tally.h"

#include <algorithm>
#include <cassert>

namespace henge {

namespace {

bool contains(const std::vector<NodeId>& nodes, NodeId node) {
  return std::find(nodes.begin(), nodes.end(), node) != nodes.end();
}

bool take(std::vector<NodeId>& nodes, NodeId node) {
  auto place = std::find(nodes.begin(), nodes.end(), node);
  if (place == nodes.end()) return false;
  nodes.erase(place);
  return true;
}

}  // namespace

AckTally::AckTally(std::vector<NodeId> contacted, int required) : required_(required) {
  assert(required >= 1);
  for (NodeId node : contacted) contact(node);
}

bool AckTally::accept(NodeId node) {
  if (!take(waiting_, node)) return false;
  accepted_.push_back(node);
  return true;
}

bool AckTally::reject(NodeId node) {
  if (!take(waiting_, node)) return false;
  rejected_.push_back(node);
  return true;
}

void AckTally::withdraw(NodeId node) {
  const bool had = take(accepted_, node);
  assert(had);
  if (had) rejected_.push_back(node);
}

void AckTally::contact(NodeId node) {
  assert(!contains(waiting_, node) && !contains(accepted_, node) && !contains(rejected_, node));
  waiting_.push_back(node);
}

Verdict AckTally::verdict() const {
  auto required = static_cast<std::size_t>(required_);
  if (accepted_.size() >= required) return Verdict::met;
  if (accepted_.size() + waiting_.size() < required) return Verdict::impossible;
  return Verdict::pending;
}

}  // namespace henge
