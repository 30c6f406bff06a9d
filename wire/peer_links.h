// This node's way to the replicas on other nodes: one link to each.
#pragma once

#include <cstdint>
#include <memory>

#include "core/cluster.h"
#include "core/limits.h"
#include "server/ports/clock.h"
#include "server/ports/events.h"
#include "server/ports/gossip.h"
#include "server/ports/membership.h"
#include "server/ports/network.h"
#include "server/ports/random.h"
#include "server/ports/replica_service.h"
#include "server/ports/stamps.h"
#include "server/ports/timers.h"
#include "wire/counters.h"
#include "wire/self.h"

namespace henge::wire {

struct PeerLinksOptions {
  std::shared_ptr<const Cluster> cluster;
  NodeId self;
  std::uint32_t frameBytesMax = 0;  // core Limits::frameBytesMax()
  // Per peer: requests that are not answered yet. Above either, a request is refused here at once.
  std::size_t requestsInFlightMax = 4096;
  std::size_t bytesInFlightMax = 64 << 20;  // the same for what waits to be sent, expired or not
  Duration connectDeadline = 1_s;           // from dialling to the answered hello
  Duration backoffMin = 50_ms;              // doubled per failure, with jitter
  Duration backoffMax = 2_s;
  Duration refusedRetry = 5_s;  // after a hello that was refused by name
  // At least; in large clusters more: pingAfter 5 ms for each other member, silenceMax four times
  // that (wire/ping_pacing.h).
  Duration pingAfter = 250_ms;  // nothing heard for so long: ask
  Duration silenceMax = 1_s;    // nothing heard for so long: the link is down
};

struct PeerLinksEnv {
  ports::Network& network;
  ports::Clock& clock;
  ports::Timers& timers;
  ports::Random& random;
  ports::Events& events;
  ports::Stamps& stamps;
  ports::PeerEvents& peerEvents;
  const Self& me;
  ports::Gossip* gossip = nullptr;        // whose rumours the pings bear; nullptr: none
  ports::Latencies* latencies = nullptr;  // who hears how long answers take; nullptr: nobody
};

// Many requests in flight on each link, matched by our own seqid; what one loop round asks leaves
// in one write, and what is asked while a write is in flight joins the next one. Answered exactly
// once, never inside the call: at the deadline of a request in silence, and for all of them at once
// when the link goes down, `unreachable` – `sent` tells whether a byte of it may have left. What a
// peer says of an apply after its deadline is told as well. Above a limit of a peer: refused,
// overloaded. Probes have no limit here (their askers do), and overtake what waits to be sent.
// docs/mechanisms/wire.md
//
// Thread: the loop's. The ports outlive it; it is never asked for the node itself.
class PeerLinks final : public ports::Peers, public ports::Probes {
 public:
  PeerLinks(PeerLinksOptions options, PeerLinksEnv env);
  ~PeerLinks() override;
  PeerLinks(const PeerLinks&) = delete;
  PeerLinks& operator=(const PeerLinks&) = delete;

  // Begins to dial every other member, and keeps dialling.
  void start();
  // Every link goes down; what is in flight is answered; nothing is dialled any more.
  void stop();

  // A peer that waits to be dialled again is dialled now: it has just been heard of otherwise.
  // Once, until a link to it has lasted: two that cannot stay together do not drive each other on.
  void hurry(NodeId peer);

  void apply(NodeId to, OpId op, ports::ReplicaSink& sink, ApplyRequest request) override;
  void fetch(NodeId to, OpId op, ports::ReplicaSink& sink, FetchRequest request) override;

  bool canProbe(NodeId peer) const override { return isUp(peer); }
  void probe(NodeId peer, OpId op, ports::ProbeSink& sink, MonoTime deadline) override;
  void probeThrough(NodeId relay, NodeId peer, OpId op, ports::ProbeSink& sink,
                    MonoTime deadline) override;

  bool isUp(NodeId peer) const;
  std::size_t inFlight(NodeId peer) const;  // requests
  const TrafficCounters& counters() const;  // of all links together

 private:
  struct Impl;  // keeps Thrift's headers out of this one
  std::unique_ptr<Impl> impl_;
};

}  // namespace henge::wire
