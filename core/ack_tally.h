// Counts answers towards a level: the only place that knows when a request is decided.
#pragma once

#include <vector>

#include "core/ids.h"

namespace henge {

enum class Verdict { pending, met, impossible };

// A node counts once, whatever it answers again later. Answers of nodes that were not contacted are
// ignored. Precondition of the constructor: 1 ≤ required; contacted holds no node twice.
class AckTally {
 public:
  AckTally(std::vector<NodeId> contacted, int required);

  // Each returns false, and changes nothing, if the node has answered before or was not contacted.
  bool accept(NodeId node);
  bool reject(NodeId node);

  // It had accepted, but its answer counts for nothing after all. Precondition: it had.
  void withdraw(NodeId node);

  // A replica asked later, in the place of one that dropped out: an impossible tally may be pending
  // again. Precondition: never contacted before.
  void contact(NodeId node);

  // met: `required` accepted. impossible: even if all who are silent accept, too few will have.
  Verdict verdict() const;

  int required() const { return required_; }
  int acknowledged() const { return static_cast<int>(accepted_.size()); }
  const std::vector<NodeId>& accepted() const { return accepted_; }  // in the order they answered
  const std::vector<NodeId>& waiting() const { return waiting_; }    // contacted, silent

 private:
  std::vector<NodeId> waiting_;
  std::vector<NodeId> accepted_;
  std::vector<NodeId> rejected_;
  int required_;
};

}  // namespace henge
