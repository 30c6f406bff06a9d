// What this node says of itself to its peers.
#pragma once

#include "core/peer_hello.h"

namespace henge::wire {

// Kept current by the node: syncedTo, rebuilding and features change while it runs. Every answer to
// a peer bears syncedTo, so this is asked often. Thread: the loop's.
class Self {
 public:
  virtual ~Self() = default;
  virtual const PeerHello& hello() const = 0;  // valid until the caller returns to the loop
};

}  // namespace henge::wire
