// What a node has heard and tells on, a little with each message that leaves anyway.
#pragma once

#include <cstddef>
#include <vector>

#include "core/member_claim.h"

namespace henge {

// SWIM (2002), section 4.1: each claim is told a number of times that grows with the logarithm of
// the cluster, those told least often first; then all have heard it with high probability, and it
// is forgotten. Holds, of one member, the newest claim and the accusers of one incarnation.
class GossipQueue {
 public:
  // Tells each claim 4 times for each doubling of the cluster.
  explicit GossipQueue(std::size_t members);

  // What it overrules is told no more.
  void add(const Claim& claim);

  // At most `max` for a message to `to`, who is not told what it has said itself.
  std::vector<Claim> take(std::size_t max, NodeId to);

  std::size_t size() const { return size_; }
  int tellingsMax() const { return tellingsMax_; }

 private:
  int tellingsMax_;
  std::size_t size_ = 0;
  // By how often they were told; those to tell first are the last of each.
  std::vector<std::vector<Claim>> waiting_;
};

}  // namespace henge
