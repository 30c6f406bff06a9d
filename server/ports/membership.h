// Who is up, and whether this node may vote.
#pragma once

#include "core/ids.h"
#include "core/peer_hello.h"
#include "core/up_set.h"

namespace henge::ports {

// Read by the planner of every request. Thread: the loop's.
class Membership {
 public:
  virtual ~Membership() = default;
  virtual const UpSet& upSet() const = 0;  // this node is in it too: up, or rebuilding
};

// What one side of a peer link learns of the other. `theirs` already passed checkHello().
struct HelloVerdict {
  bool youRebuild = false;  // the speaker's directory is not the one this node knew
  std::string reason;       // then: which, in words
};

// Told by the links. Thread: the loop's.
class PeerEvents {
 public:
  virtual ~PeerEvents() = default;
  // A peer has said who it is (either side may have dialled). Answer: what this node thinks of it.
  virtual HelloVerdict onHello(const PeerHello& theirs) = 0;
  // The answer a peer gave to this node's own hello.
  virtual void onHelloAnswered(const PeerHello& theirs, const HelloVerdict& verdict) = 0;
  virtual void onLinkUp(NodeId peer) = 0;
  virtual void onLinkDown(NodeId peer, const std::string& reason) = 0;
  // The peer's log is on disk up to here, as one of its answers says.
  virtual void onSynced(NodeId peer, LogPosition synced) = 0;
};

}  // namespace henge::ports
