#include "client/library/node_links.h"

#include <algorithm>
#include <utility>

namespace henge::library {

NodeLinks::NodeLinks(std::size_t linksPerNode, LinkEnv env, LinkSink& sink)
    : linksPerNode_(linksPerNode), env_(env), sink_(sink) {}

void NodeLinks::know(const Address& address, std::optional<NodeId> id) {
  const std::size_t number = numberOf(address);
  if (number == nodes_.size()) {
    nodes_.push_back({address, std::nullopt, {}});
    for (std::size_t i = 0; i < linksPerNode_; ++i) {
      links_.push_back(std::make_unique<NodeLink>(links_.size(), address, env_, sink_));
    }
  }
  if (!id) return;
  nodes_[number].id = id;
  byId_[*id] = number;
}

std::size_t NodeLinks::numberOf(const Address& address) const {
  const auto known = std::find_if(nodes_.begin(), nodes_.end(),
                                  [&](const Node& node) { return node.address == address; });
  return static_cast<std::size_t>(known - nodes_.begin());
}

std::optional<std::size_t> NodeLinks::nodeOf(NodeId id) const {
  const auto found = byId_.find(id);
  if (found == byId_.end()) return std::nullopt;
  return found->second;
}

std::string NodeLinks::labelOf(std::size_t node) const {
  const std::string address = toString(nodes_[node].address);
  return nodes_[node].id ? toString(*nodes_[node].id) + " " + address : address;
}

void NodeLinks::want(std::size_t node) {
  for (std::size_t i = 0; i < linksPerNode_; ++i) links_[node * linksPerNode_ + i]->want();
}

void NodeLinks::wantAll() {
  for (std::size_t node = 0; node < nodes_.size(); ++node) want(node);
}

void NodeLinks::closeAll() {
  for (const auto& link : links_) link->close();
}

std::optional<std::size_t> NodeLinks::leastBusy(std::size_t node) const {
  std::optional<std::size_t> best;
  for (std::size_t at = node * linksPerNode_; at < (node + 1) * linksPerNode_; ++at) {
    if (!links_[at]->isUp()) continue;
    if (!best || links_[at]->inFlight() < links_[*best]->inFlight()) best = at;
  }
  return best;
}

Candidate NodeLinks::candidateOf(std::size_t node, const Attempts& attempts, MonoTime now) const {
  Candidate out;
  const std::optional<std::size_t> link = leastBusy(node);
  if (!link) return out;
  out.isUp = true;
  out.isAsking = attempts.isAsking(node);
  out.isSuspect = links_[*link]->isSuspect(now) || now < nodes_[node].suspectUntil;
  out.tries = attempts.triesOf(node);
  out.inFlight = links_[*link]->inFlight();
  return out;
}

std::vector<std::size_t> NodeLinks::wanted(const std::vector<NodeId>& replicas) {
  std::vector<std::size_t> out;
  for (const NodeId id : replicas) {
    const std::optional<std::size_t> node = nodeOf(id);
    if (!node) continue;
    want(*node);
    out.push_back(*node);
  }
  return out;
}

std::optional<std::size_t> NodeLinks::choose(const std::vector<NodeId>& replicas,
                                             const Attempts& attempts) {
  const MonoTime now = env_.clock.now();
  const std::vector<std::size_t> near = wanted(replicas);
  std::vector<Candidate> candidates;
  candidates.reserve(near.size());
  for (const std::size_t node : near) candidates.push_back(candidateOf(node, attempts, now));
  ++turn_;
  if (const auto best = chooseNode(candidates, turn_)) {
    if (!candidates[*best].isSuspect && candidates[*best].tries == 0) return leastBusy(near[*best]);
  }
  candidates.clear();
  for (std::size_t node = 0; node < nodes_.size(); ++node) {
    candidates.push_back(candidateOf(node, attempts, now));
  }
  for (const std::size_t node : near) candidates[node].isReplica = true;
  const std::optional<std::size_t> best = chooseNode(candidates, turn_);
  return best ? leastBusy(*best) : std::nullopt;
}

bool NodeLinks::hasUntried(const Attempts& attempts) const {
  const MonoTime now = env_.clock.now();
  for (std::size_t node = 0; node < nodes_.size(); ++node) {
    const Candidate candidate = candidateOf(node, attempts, now);
    if (candidate.isUp && !candidate.isSuspect && candidate.tries == 0) return true;
  }
  return false;
}

std::size_t NodeLinks::up() const {
  std::size_t count = 0;
  for (std::size_t node = 0; node < nodes_.size(); ++node) count += isUp(node) ? 1 : 0;
  return count;
}

std::vector<Tried> NodeLinks::whyDown() const {
  std::vector<Tried> out;
  for (std::size_t node = 0; node < nodes_.size(); ++node) {
    if (isUp(node)) continue;
    const std::string& why = links_[node * linksPerNode_]->whyDown();
    out.push_back({labelOf(node), why.empty() ? "no answer yet" : why});
  }
  return out;
}

}  // namespace henge::library
