// Probes and rumours of the failure detector, and who carries them.
#pragma once

#include <vector>

#include "core/ids.h"
#include "core/member_claim.h"
#include "core/time.h"

namespace henge::ports {

// The hello feature of a node that gossips: others are judged by their links alone.
inline constexpr const char* gossips = "swim";

class ProbeSink {
 public:
  // The member has answered, or has not: the link is down, broke, or the deadline passed.
  virtual void onProbed(OpId op, NodeId member, bool answered) = 0;
  // `relay` has answered (else as above) whether the member answered it.
  virtual void onProbedThrough(OpId op, NodeId relay, bool answered, bool reached) = 0;

 protected:
  ~ProbeSink() = default;
};

// Asks other members whether they are there; each question bears rumours there and back. Answered
// exactly once, never inside the call. Thread: the loop's.
class Probes {
 public:
  virtual ~Probes() = default;
  virtual bool canProbe(NodeId member) const = 0;  // its link is up
  virtual void probe(NodeId member, OpId op, ProbeSink& sink, MonoTime deadline) = 0;
  // The relay is given less time than the asker has: its word must arrive by the deadline.
  virtual void probeThrough(NodeId relay, NodeId member, OpId op, ProbeSink& sink,
                            MonoTime deadline) = 0;
};

class RelaySink {
 public:
  virtual void onRelayed(OpId op, bool reached) = 0;

 protected:
  ~RelaySink() = default;
};

// This node's part in the talk of the members. Thread: the loop's.
class Gossip {
 public:
  virtual ~Gossip() = default;
  // What a message to `to` that leaves now should bear; mostly nothing.
  virtual std::vector<Claim> claimsFor(NodeId to) = 0;
  virtual void onClaims(NodeId from, const std::vector<Claim>& claims) = 0;
  // Another node asks this one to probe a member in its place. Answered exactly once, perhaps
  // inside the call.
  virtual void relay(OpId op, RelaySink& sink, NodeId member, MonoTime deadline) = 0;
  // For a message to a member about another: what is held of that one.
  virtual Claim heldOf(NodeId member) const = 0;
};

// Told by the links: how long a peer took to answer questions that need no disk's sync, probes that
// were answered after their deadline among them. Times in which this process itself stood still are
// left out. Thread: the loop's.
class Latencies {
 public:
  virtual ~Latencies() = default;
  virtual void onPinged(NodeId peer, Duration took) = 0;  // which needs no disk at all
  virtual void onFetched(NodeId peer, Duration took) = 0;
  virtual void onFetchExpired(NodeId peer, Duration waited) = 0;  // in silence
};

}  // namespace henge::ports
