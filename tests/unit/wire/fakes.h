// What stands behind doors and beside links in these tests.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/cluster.h"
#include "core/limits.h"
#include "server/ports/admin_service.h"
#include "server/ports/client_service.h"
#include "server/ports/gossip.h"
#include "server/ports/membership.h"
#include "server/ports/random.h"
#include "server/ports/replica_service.h"
#include "wire/processor.h"
#include "wire/self.h"

namespace henge::wire {

// Keeps what was asked; answers when the test says so, or at once if `answersAtOnce`.
class FakeClientService final : public ports::ClientService {
 public:
  struct Put {
    OpId op;
    ports::ClientSink* sink;
    PutRequest request;
  };
  struct Get {
    OpId op;
    ports::ClientSink* sink;
    GetRequest request;
  };

  void put(OpId op, ports::ClientSink& sink, PutRequest request) override;
  void get(OpId op, ports::ClientSink& sink, GetRequest request) override;

  void answer(const Put& put, PutAnswer answer) { put.sink->onPut(put.op, std::move(answer)); }
  void answer(const Get& get, GetAnswer answer) { get.sink->onGot(get.op, std::move(answer)); }
  static PutAnswer applied();
  static GetAnswer found(const Bytes& key, const Bytes& value);

  bool answersAtOnce = false;  // puts are kept in `held`, gets find them there
  Bytes slowKey;               // its gets wait until one of lastKey was answered
  Bytes lastKey;
  std::map<Bytes, RequestError> failures;  // what requests of these keys are told
  std::map<Bytes, Bytes> held;
  std::deque<Put> puts;
  std::deque<Get> gets;

 private:
  void answerHeld(const Get& get);
};

class FakeAdminService final : public ports::AdminService {
 public:
  RingView ring() const override { return ringView; }
  NodeStatus status() const override { return nodeStatus; }
  LogView log() const override { return logView; }
  HintsView hints() const override { return hintsView; }
  void syncHints(OpId op, ports::AdminSink& sink, MonoTime deadline) override {
    syncedUntil = deadline;
    sink.onHintsSynced(op, synced);
  }
  void dump(OpId op, ports::AdminSink& sink, ports::DumpRequest request) override;
  Result<std::string> accept(NodeId node, DirectoryId directory) override;

  RingView ringView;
  NodeStatus nodeStatus;
  LogView logView;
  HintsView hintsView;
  Result<HintSync> synced = HintSync();
  MonoTime syncedUntil;
  Result<DumpPage> page = DumpPage();
  std::optional<ports::DumpRequest> dumped;
  Result<std::string> acceptance = std::string("n1 is taken as it is");
  std::vector<std::pair<NodeId, DirectoryId>> accepted;
};

class FakeReplica final : public ports::ReplicaService {
 public:
  struct Apply {
    OpId op;
    ports::ReplicaSink* sink;
    ApplyRequest request;
  };
  struct Fetch {
    OpId op;
    ports::ReplicaSink* sink;
    FetchRequest request;
  };

  explicit FakeReplica(NodeId self) : self_(self) {}
  void apply(OpId op, ports::ReplicaSink& sink, ApplyRequest request) override;
  void fetch(OpId op, ports::ReplicaSink& sink, FetchRequest request) override;

  void answer(const Apply& apply, ApplyOutcome outcome);
  void answer(const Fetch& fetch, FetchReply reply);

  bool answersAtOnce = false;  // applied; absent
  std::deque<Apply> applies;
  std::deque<Fetch> fetches;

 private:
  NodeId self_;
};

// Every answer of a replica, in the order they came.
class SeenReplies final : public ports::ReplicaSink {
 public:
  struct Applied {
    OpId op;
    NodeId from;
    ApplyReply reply;
  };
  struct Fetched {
    OpId op;
    NodeId from;
    FetchReply reply;
  };
  void onApplied(OpId op, NodeId from, ApplyReply reply) override;
  void onFetched(OpId op, NodeId from, FetchReply reply) override;

  std::vector<Applied> applied;
  std::vector<Fetched> fetched;
};

class FakePeerEvents final : public ports::PeerEvents {
 public:
  ports::HelloVerdict onHello(const PeerHello& theirs) override;
  void onHelloAnswered(const PeerHello& theirs, const ports::HelloVerdict& verdict) override;
  void onLinkUp(NodeId peer) override { up.insert(peer); }
  void onLinkDown(NodeId peer, const std::string& reason) override;
  void onSynced(NodeId peer, LogPosition position) override { synced[peer] = position; }

  ports::HelloVerdict verdict;
  std::vector<PeerHello> heard;
  std::vector<std::pair<PeerHello, ports::HelloVerdict>> answered;
  std::set<NodeId> up;
  std::vector<std::pair<NodeId, std::string>> downs;
  std::map<NodeId, LogPosition> synced;
};

class FakeGossip final : public ports::Gossip {
 public:
  std::vector<Claim> claimsFor(NodeId) override { return toTell; }
  void onClaims(NodeId from, const std::vector<Claim>& claims) override {
    for (const Claim& claim : claims) heard.emplace_back(from, claim);
  }
  void relay(OpId op, ports::RelaySink& sink, NodeId member, MonoTime deadline) override {
    relayed.emplace_back(member, deadline);
    if (relays) return sink.onRelayed(op, reached);
    askers.emplace_back(op, &sink);
  }
  Claim heldOf(NodeId member) const override { return {member, held, {4, 2}, {3}}; }

  std::vector<Claim> toTell;
  std::vector<std::pair<NodeId, Claim>> heard;
  std::vector<std::pair<NodeId, MonoTime>> relayed;
  std::vector<std::pair<OpId, ports::RelaySink*>> askers;  // who wait for an answer
  bool relays = true;                                      // at once
  bool reached = true;
  Standing held = Standing::alive;
};

class SeenProbes final : public ports::ProbeSink, public ports::Latencies {
 public:
  void onProbed(OpId op, NodeId member, bool answered) override {
    lines.push_back("#" + std::to_string(op.value) + " " + toString(member) +
                    (answered ? " answered" : " did not answer"));
  }
  void onProbedThrough(OpId op, NodeId relay, bool answered, bool reached) override {
    lines.push_back("#" + std::to_string(op.value) + " through " + toString(relay) +
                    (!answered ? " no answer"
                     : reached ? " reached"
                               : " not reached"));
  }
  void onPinged(NodeId, Duration took) override { latencies.push_back(took); }
  void onFetched(NodeId, Duration took) override { fetched.push_back(took); }
  void onFetchExpired(NodeId, Duration waited) override { expired.push_back(waited); }

  std::vector<std::string> lines;
  std::vector<Duration> latencies;  // of pings
  std::vector<Duration> fetched, expired;
};

class FakeSelf final : public Self {
 public:
  explicit FakeSelf(PeerHello hello) : hello_(std::move(hello)) {}
  const PeerHello& hello() const override { return hello_; }
  PeerHello& mine() { return hello_; }

 private:
  PeerHello hello_;
};

class CountingRandom final : public ports::Random {
 public:
  std::uint64_t next() override { return state_ = state_ * 6364136223846793005ULL + 1442695041ULL; }

 private:
  std::uint64_t state_ = 1;
};

// The listener, as a door alone sees it.
class FakeReplies final : public Replies {
 public:
  void reply(Ticket ticket, Bytes frame) override;
  void letOvertake(ConnectionId connection) override { overtaking.insert(connection); }
  bool hasRoom(ConnectionId, std::size_t frameBytes) const override { return frameBytes <= room; }
  std::string nameOf(ConnectionId) const override { return "127.0.0.1:5"; }

  std::size_t room = 1 << 30;
  std::set<ConnectionId> overtaking;
  std::vector<std::pair<Ticket, Bytes>> frames;  // without their lengths
};

// Three members n1 n2 n3; peer ports as given, client ports one above them.
Cluster clusterOf(const std::vector<std::uint16_t>& peerPorts);
inline std::shared_ptr<const Cluster> shared(Cluster cluster) {
  return std::make_shared<const Cluster>(std::move(cluster));
}
PeerHello helloOf(const Cluster& cluster, NodeId node);
Record recordOf(const Bytes& key, const Bytes& value, std::int64_t timestamp = 1'000);

}  // namespace henge::wire
