// Whom a node asks next whether it is there.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/ids.h"

namespace henge {

// SWIM (2002), section 4.3: each member once a round, in an order drawn anew for each round; so
// every member is asked within 2n − 1 turns. Members whose suspicion wants a word of this node come
// out of turn, once each, in every other turn at most: the round goes on, also where many are
// suspect at once.
class ProbeOrder {
 public:
  explicit ProbeOrder(std::vector<NodeId> others) : order_(std::move(others)) {}

  void prefer(NodeId node);

  // `lot`: any number, drawn for this call. nullopt: there are no others.
  std::optional<NodeId> next(std::uint64_t lot);

 private:
  std::vector<NodeId> order_;  // those before at_ were asked in this round
  std::size_t at_ = 0;
  bool wasOutOfTurn_ = false;      // the last one
  std::vector<NodeId> preferred_;  // first come, first asked; none twice
};

}  // namespace henge
