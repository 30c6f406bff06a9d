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

// Told by the links: how long a peer took to answer a question that needs no disk's sync. A
// deadline that passed in silence counts as an answer. Thread: the loop's.
class Latencies {
 public:
  virtual ~Latencies() = default;
  virtual void onLatency(NodeId peer, Duration took) = 0;
};

}  // namespace henge::ports
