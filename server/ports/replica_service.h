// A replica, as seen by whoever asks it: the coordinator of its own node or a peer's link.
#pragma once

#include "core/ids.h"
#include "core/replica_message.h"

namespace henge::ports {

// Answers are addressed by the asker's operation and the replica that gives them.
class ReplicaSink {
 public:
  virtual void onApplied(OpId op, NodeId from, ApplyReply reply) = 0;
  virtual void onFetched(OpId op, NodeId from, FetchReply reply) = 0;

 protected:
  ~ReplicaSink() = default;
};

// One replica: this node's. Each call is answered exactly once on the sink, never inside the call
// unless the class says otherwise. Thread: the loop's.
class ReplicaService {
 public:
  virtual ~ReplicaService() = default;
  virtual void apply(OpId op, ReplicaSink& sink, ApplyRequest request) = 0;
  virtual void fetch(OpId op, ReplicaSink& sink, FetchRequest request) = 0;
};

// All replicas, this node's too. Each send is answered exactly once – `unreachable` when the link
// is down, breaks, or the deadline passes in silence – and never inside the call. An apply whose
// deadline passed in silence may be answered once more, late, by what the replica says after all.
class Peers {
 public:
  virtual ~Peers() = default;
  virtual void apply(NodeId to, OpId op, ReplicaSink& sink, ApplyRequest request) = 0;
  virtual void fetch(NodeId to, OpId op, ReplicaSink& sink, FetchRequest request) = 0;
};

}  // namespace henge::ports
