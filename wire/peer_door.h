// The peer port: the service Replica of idl/, turned into core requests and back.
#pragma once

#include <memory>

#include "core/cluster.h"
#include "core/limits.h"
#include "server/ports/clock.h"
#include "server/ports/events.h"
#include "server/ports/gossip.h"
#include "server/ports/membership.h"
#include "server/ports/replica_service.h"
#include "server/ports/stamps.h"
#include "wire/processor.h"
#include "wire/self.h"

namespace henge::wire {

class PeerLinks;

struct PeerDoorOptions {
  std::shared_ptr<const Cluster> cluster;
  NodeId self;
  Limits limits;
  // Of one connection, in work. Above it a request is refused, overloaded, and reading goes on:
  // probes come behind it.
  std::size_t requestsInWorkMax = 4096;
};

struct PeerDoorEnv {
  ports::Clock& clock;
  ports::Events& events;
  ports::Stamps& stamps;
  ports::PeerEvents& peerEvents;
  ports::ReplicaService& replica;
  const Self& me;
  PeerLinks* links = nullptr;       // hurried to whoever says hello; nullptr: nobody is
  ports::Gossip* gossip = nullptr;  // who hears rumours and probes for others; nullptr: nobody
};

// A link begins with hello; whatever comes before it, or after a refused one, is refused. Answers
// overtake each other, those to probes all others. Each bears this node's start, how far its log is
// synced, whether it votes, and its hybrid time. docs/mechanisms/wire.md
//
// Thread: the loop's. The ports outlive it; it outlives every operation it has begun.
class PeerDoor final : public Processor, public ports::ReplicaSink, public ports::RelaySink {
 public:
  PeerDoor(PeerDoorOptions options, PeerDoorEnv env);
  ~PeerDoor() override;

  void attach(Replies* replies) override;
  Status onMessage(Ticket ticket, BytesView message, MonoTime firstByte) override;
  void onClosed(ConnectionId connection) override;

  void onApplied(OpId op, NodeId from, ApplyReply reply) override;
  void onFetched(OpId op, NodeId from, FetchReply reply) override;
  void onRelayed(OpId op, bool reached) override;

  std::size_t operations() const;  // begun, not yet answered

 private:
  struct Impl;  // keeps Thrift's headers out of this one
  std::unique_ptr<Impl> impl_;
};

}  // namespace henge::wire
