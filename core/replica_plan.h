// Whom a request is sent to, decided once, before anything is sent. Pure: the world is an argument.
#pragma once

#include <string>
#include <vector>

#include "core/consistency.h"
#include "core/ring.h"
#include "core/up_set.h"

namespace henge {

// A write goes to every live replica and is answered at the level.
struct WritePlan {
  std::vector<NodeId> live;     // ring order
  std::vector<NodeId> missing;  // down or rebuilding: these will have missed the write
  int required = 0;

  bool feasible() const { return static_cast<int>(live.size()) >= required; }
};

// A read asks the first `required` of `order`; each that drops out is replaced by the next one.
struct ReadPlan {
  // Live replicas: the coordinator itself, those that are not slow, those that are; of each kind in
  // ring order.
  std::vector<NodeId> order;
  std::vector<NodeId> missing;
  int required = 0;

  bool feasible() const { return static_cast<int>(order.size()) >= required; }
};

WritePlan planWrite(const Ring& ring, const UpSet& up, BytesView key, Consistency level);
ReadPlan planRead(const Ring& ring, const UpSet& up, BytesView key, Consistency level,
                  NodeId coordinator);

std::string toString(const WritePlan& plan);  // "live=(1,3) down=(2) required=2"
std::string toString(const ReadPlan& plan);   // "order=(3,1) down=(2) required=2"

}  // namespace henge
