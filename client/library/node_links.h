// The nodes a client knows and its connections to them.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/library/attempts.h"
#include "client/library/node_choice.h"
#include "client/library/node_link.h"

namespace henge::library {

// Nodes are numbered by this class, from 0; none is ever forgotten. Thread: the loop's.
class NodeLinks {
 public:
  // linksPerNode ≥ 1. What is given by reference outlives it.
  NodeLinks(std::size_t linksPerNode, LinkEnv env, LinkSink& sink);

  // A node at this address; `id`, if given, is its name from now on.
  void know(const Address& address, std::optional<NodeId> id);
  bool knows(const Address& address) const { return numberOf(address) < nodes_.size(); }
  std::optional<std::size_t> nodeOf(NodeId id) const;
  std::size_t nodeOfLink(std::size_t link) const { return link / linksPerNode_; }
  NodeLink& link(std::size_t link) { return *links_[link]; }
  std::string labelOf(std::size_t node) const;  // "n2 127.0.0.1:9002"

  // Every link to it is dialled, if it is not. want() of all: nothing that could answer is up.
  void want(std::size_t node);
  void wantAll();
  void closeAll();

  // It has just refused to serve: not before others until then.
  void suspectUntil(std::size_t node, MonoTime until) { nodes_[node].suspectUntil = until; }

  // For a request with these attempts and a key on these nodes: the least busy link of the best
  // node. Another than a replica only if none of those is up, trusted and not asked yet. nullopt:
  // nobody is there to ask.
  std::optional<std::size_t> choose(const std::vector<NodeId>& replicas, const Attempts& attempts);
  // A node that is up, trusted, and was never asked by that request.
  bool hasUntried(const Attempts& attempts) const;

  std::size_t up() const;
  // Why those that are down are down.
  std::vector<Tried> whyDown() const;

 private:
  struct Node {
    Address address;
    std::optional<NodeId> id;
    MonoTime suspectUntil;
  };

  std::size_t numberOf(const Address& address) const;  // nodes_.size(): it is not known
  bool isUp(std::size_t node) const { return leastBusy(node).has_value(); }
  std::optional<std::size_t> leastBusy(std::size_t node) const;
  Candidate candidateOf(std::size_t node, const Attempts& attempts, MonoTime now) const;
  std::vector<std::size_t> wanted(const std::vector<NodeId>& replicas);

  std::size_t linksPerNode_;
  LinkEnv env_;
  LinkSink& sink_;
  std::vector<Node> nodes_;
  std::map<NodeId, std::size_t> byId_;
  std::vector<std::unique_ptr<NodeLink>> links_;  // linksPerNode_ of node 0, then of node 1 …
  std::size_t turn_ = 0;
};

}  // namespace henge::library
