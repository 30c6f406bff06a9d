// Which members seem to be up. An argument to every plan; a snapshot, never a promise.
#pragma once

#include <utility>
#include <vector>

#include "core/ids.h"

namespace henge {

// Why a member is not asked. `rebuilding`: it answers, but may have lost what it acknowledged.
enum class Liveness : std::uint8_t { up, down, rebuilding };

class UpSet {
 public:
  void set(NodeId node, Liveness liveness);
  Liveness of(NodeId node) const;  // a node never set is down
  bool isUp(NodeId node) const { return of(node) == Liveness::up; }

  // It answers, but so late that others are asked before it. Apart from its liveness.
  void setSlow(NodeId node, bool slow);
  bool isSlow(NodeId node) const;

 private:
  std::vector<std::pair<NodeId, Liveness>> nodes_;  // ascending by id
  std::vector<NodeId> slow_;                        // ascending; mostly none
};

}  // namespace henge
