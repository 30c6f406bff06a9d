// Which members the cluster takes to be alive.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/gossip_queue.h"
#include "core/local_health.h"
#include "core/member_claim.h"
#include "core/peer_hello.h"
#include "core/probe_order.h"
#include "core/suspicion.h"
#include "server/ports/clock.h"
#include "server/ports/gossip.h"
#include "server/ports/random.h"
#include "server/ports/timers.h"

namespace henge::membership {

struct DetectorOptions {
  NodeId self;
  std::uint64_t boot = 1;          // this start of the data directory
  Duration probeEvery = 200_ms;    // one member is asked in each such period
  Duration probeTimeout = 100_ms;  // then others are asked to ask; at most probeEvery
  int relays = 3;                  // so many
  // In a cluster of ten or fewer, times the tenfolds of larger ones; three times that without
  // anybody's confirmation.
  Duration suspicionLeast = 800_ms;

  // The others follow from the period, as above.
  void pace(Duration every) {
    probeEvery = every;
    probeTimeout = Duration{every.micros / 2};
    suspicionLeast = every * 4;
  }
};

struct DetectorEnv {
  ports::Clock& clock;
  ports::Timers& timers;
  ports::Random& random;
};

// What is told when it changes. By whom: suspect, dead: who found out, as far as is known here.
class StandingSink {
 public:
  virtual void onStanding(NodeId member, Standing standing, const std::vector<NodeId>& by) = 0;
  // A member that this node's own link does not reach has answered another one.
  virtual void onReachedBy(NodeId member, NodeId relay) = 0;

 protected:
  ~StandingSink() = default;
};

struct DetectorCounters {
  std::uint64_t probes = 0;
  std::uint64_t probesFailed = 0;    // in time, directly
  std::uint64_t reachedThrough = 0;  // of those: another member got an answer
  std::uint64_t relayed = 0;         // probes for others
  std::uint64_t suspicions = 0;      // begun, by this node or on another's word
  std::uint64_t refuted = 0;         // of those: taken back by the member
  std::uint64_t deaths = 0;          // of those: run out
  std::uint64_t refutations = 0;     // of accusations of this node
  std::uint64_t heldUp = 0;          // times that this process found itself late
};

// SWIM with Lifeguard. Each period one member is asked over this node's link to it; if it does not
// answer, three others are asked to ask it; if none reaches it, it is suspect, and so it is when
// its link breaks. Suspicion is a rumour: it reaches the suspect with the next message, and a
// member that lives refutes it under a higher incarnation. Else it is dead, which means down: the
// ring is not the detector's to change. docs/mechanisms/failure_detection.md
//
// Not as in SWIM: another's word that a member is dead makes it suspect here as long as this node's
// own link to it is up. So nobody is given up on the word of one that was cut off itself.
//
// A member whose hello does not name the feature `swim` is taken to be alive: its link judges it.
//
// Lives from start() to its end; before, it only hears. Thread: its loop only. Sink and ports
// outlive it.
class Detector final : public ports::Gossip, public ports::ProbeSink, public ports::TimerSink {
 public:
  static constexpr std::size_t claimsPerMessageMax = 8;  // of those that wait
  static constexpr std::size_t relayedMax = 64;          // at once; more are answered "not reached"
  static constexpr Duration heldUpLeast = 50_ms;  // a timer so late: this process stood still
  static constexpr Duration timeToRead = 50_ms;   // then what came meanwhile is read
  // So long after an accusation of it was heard a node says first that it is alive.
  static constexpr Duration refutationTold = 30_s;

  Detector(DetectorOptions options, const std::vector<NodeId>& members, DetectorEnv env,
           StandingSink& sink);

  void attach(ports::Probes& probes) { probes_ = &probes; }  // before start()
  void start();
  void stop();

  // Of the links.
  void onHello(const PeerHello& theirs);
  void onLinkUp(NodeId peer);
  void onLinkLost(NodeId peer);  // it was up

  // Rumours.
  std::vector<Claim> claimsFor(NodeId to) override;
  void onClaims(NodeId from, const std::vector<Claim>& claims) override;
  void relay(OpId op, ports::RelaySink& sink, NodeId member, MonoTime deadline) override;
  Claim heldOf(NodeId member) const override;

  // The answers to probes, and time.
  void onProbed(OpId op, NodeId member, bool answered) override;
  void onProbedThrough(OpId op, NodeId relay, bool answered, bool reached) override;
  void onTimer(std::uint64_t token) override;

  const DetectorCounters& counters() const { return counters_; }
  std::map<std::string, std::int64_t> named() const;   // "detector_probes" → 12, every field
  int localHealth() const { return health_.score(); }  // 0: well

 private:
  struct Member {
    Claim held;
    bool gossips = true;  // until its hello does not say so
  };
  struct Probe {
    OpId op;
    NodeId member;
    MonoTime phaseEnd;
    MonoTime end;
    bool indirect = false;
    bool notReached = false;  // the link is down
    int asked = 0;            // relays
    int answers = 0;
  };
  struct Relayed {
    OpId op;
    ports::RelaySink* sink = nullptr;
  };

  // One probe (detector.cc).
  void beginProbe(MonoTime now);
  void askOthers();
  std::vector<NodeId> drawRelays(NodeId member);
  void endProbe();
  void heldUp(Duration late);
  void judgeSuspects(MonoTime now);
  void arm();

  // What is believed (detector_claims.cc).
  bool hear(Claim claim);  // whether it was news
  void hearOfItself(const Claim& claim);
  void refute(const Claim& accusation);
  void believe(Member& member, const Claim& claim);
  void accuse(NodeId member);
  void askToRefute(NodeId member);
  void tell(const Member& member);
  const Member* find(NodeId node) const;  // nullptr: itself, or no member
  Member* find(NodeId node);
  bool canProbe(NodeId member) const { return probes_ != nullptr && probes_->canProbe(member); }
  OpId nextOp() { return OpId{++lastOp_}; }

  const DetectorOptions options_;
  DetectorEnv env_;
  StandingSink& sink_;
  ports::Probes* probes_ = nullptr;
  const SuspicionTiming timing_;
  std::vector<Member> members_;             // all others, ascending by id
  std::size_t notAlive_ = 0;                // of members_
  std::map<NodeId, Suspicion> suspicions_;  // of those held suspect, and only those
  SwimIncarnation own_;
  std::optional<MonoTime> accusedAt_;  // the last time; nullopt: never
  LocalHealth health_;
  GossipQueue queue_;
  ProbeOrder order_;
  std::optional<Probe> probe_;  // of this period
  std::map<OpId, Relayed> relayed_;
  MonoTime nextProbe_;
  std::optional<MonoTime> wokenAt_;  // the earliest time the timers were asked for
  bool running_ = false;
  std::uint64_t lastOp_ = 0;
  DetectorCounters counters_;
};

}  // namespace henge::membership
