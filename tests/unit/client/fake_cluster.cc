#include "tests/unit/client/fake_cluster.h"

#include <algorithm>

#include "core/key_text.h"
#include "core/read_merge.h"
#include "core/replica_plan.h"
#include "core/ring.h"

namespace henge::client::testing {

namespace {

constexpr std::uint64_t writerBase = 0x9f3c0000;

class FakeSession final : public NodeSession {
 public:
  FakeSession(FakeCluster& cluster, NodeId node) : cluster_(cluster) {
    greeting_ = {node, cluster.cluster.name, writerBase + node.value,
                 cluster.nodes.at(node.value).limits};
  }

  const Greeting& greeting() const override { return greeting_; }

  Result<PutAnswer> put(const PutRequest& request, Duration) override {
    Result<PutAnswer> answer = plainPut(request);
    if (answer && request.context.trace) answer->trace = cluster_.nodes.at(node()).trace;
    return answer;
  }

  Result<GetAnswer> get(const GetRequest& request, Duration) override {
    Result<GetAnswer> answer = plainGet(request);
    if (answer && request.context.trace) answer->trace = cluster_.nodes.at(node()).trace;
    return answer;
  }

  Result<PutAnswer> plainPut(const PutRequest& request) {
    note(request.kind == RecordKind::tombstone ? "remove " : "put ", request.key);
    if (std::optional<Error> failed = callError()) return *failed;
    if (std::optional<NextAnswer> told = takeNext()) {
      PutAnswer answer = cluster_.put(greeting_.node, request);
      answer.superseded = told->superseded;
      if (!told->error) return answer;
      PutAnswer refused;
      refused.outcome = told->outcome;
      refused.error = told->error;
      return refused;
    }
    return cluster_.put(greeting_.node, request);
  }

  Result<GetAnswer> plainGet(const GetRequest& request) {
    note("get ", request.key);
    if (std::optional<Error> failed = callError()) return *failed;
    GetAnswer answer = cluster_.get(greeting_.node, request);
    if (std::optional<NextAnswer> told = takeNext()) {
      answer.error = told->error;
      answer.record.reset();
    }
    return answer;
  }

  Result<RingView> ring(Duration) override { return cluster_.ring(greeting_.node); }
  Result<NodeStatus> status(Duration) override { return cluster_.status(greeting_.node); }

  Result<LogView> log(Duration) override {
    LogView log = cluster_.nodes.at(greeting_.node.value).log;
    log.node = greeting_.node;
    return log;
  }

  Result<HintsView> hints(Duration) override {
    HintsView view = cluster_.nodes.at(greeting_.node.value).hints;
    view.node = greeting_.node;
    return view;
  }

  Result<HintSync> syncHints(Duration) override {
    return cluster_.nodes.at(greeting_.node.value).sync;
  }

  Result<std::string> accept(NodeId node, DirectoryId directory, Duration) override {
    cluster_.note(toString(greeting_.node) + " accept " + toString(node) + " " +
                  toString(directory));
    const std::string& refusal = cluster_.nodes.at(greeting_.node.value).acceptRefusal;
    if (!refusal.empty()) return Error{ErrorKind::mismatch, refusal};
    return toString(node) + " counts again";
  }

 private:
  std::uint32_t node() const { return greeting_.node.value; }

  void note(const std::string& what, BytesView key) {
    cluster_.note(toString(greeting_.node) + " " + what + toKeyText(key));
  }

  std::optional<Error> callError() {
    if (cluster_.next.empty() || cluster_.next.front().callError.empty()) return std::nullopt;
    const NextAnswer told = cluster_.next.front();
    cluster_.next.pop_front();
    return Error{told.callError == "unsent" ? ErrorKind::unavailable : ErrorKind::timeout,
                 told.cause};
  }

  std::optional<NextAnswer> takeNext() {
    if (cluster_.next.empty()) return std::nullopt;
    const NextAnswer told = cluster_.next.front();
    cluster_.next.pop_front();
    return told;
  }

  FakeCluster& cluster_;
  Greeting greeting_;
};

RequestError unavailable(int needed, int alive, const std::vector<NodeId>& missing) {
  RequestError error;
  error.kind = RequestErrorKind::unavailable;
  error.message = "too few replicas are up";
  error.needed = needed;
  error.alive = alive;
  error.missing = missing;
  return error;
}

}  // namespace

FakeCluster::FakeCluster() {
  cluster.name = "local";
  cluster.id = {0x4e};
  const std::vector<Bytes> tokens = {Bytes(1, '\0'), "\x40", "\x80", "\xc0"};
  for (std::uint32_t i = 0; i < 4; ++i) {
    const auto offset = static_cast<std::uint16_t>(i);
    cluster.members.push_back({{i},
                               "",
                               {tokens[i]},
                               {"127.0.0.1", static_cast<std::uint16_t>(9000 + offset)},
                               {"127.0.0.1", static_cast<std::uint16_t>(9100 + offset)}});
    nodes[i] = {};
  }
}

Result<std::unique_ptr<NodeSession>> FakeCluster::dial(const Address& address, Duration) {
  note(std::to_string(address.port));
  for (const Member& member : cluster.members) {
    if (member.client != address) continue;
    const FakeNode& node = nodes.at(member.id.value);
    if (!node.answers) return Error{ErrorKind::unavailable, node.cause};
    return std::unique_ptr<NodeSession>(std::make_unique<FakeSession>(*this, member.id));
  }
  return Error{ErrorKind::unavailable, "connection refused"};
}

std::vector<std::string> FakeCluster::calls() const {
  const std::lock_guard lock(mutex_);
  return calls_;
}

void FakeCluster::note(std::string call) {
  const std::lock_guard lock(mutex_);
  calls_.push_back(std::move(call));
}

UpSet FakeCluster::upSet() const {
  UpSet up;
  for (const auto& [id, node] : nodes) up.set({id}, node.liveness);
  return up;
}

PutAnswer FakeCluster::put(NodeId via, const PutRequest& request) {
  const WritePlan plan = planWrite(Ring(cluster), upSet(), request.key, request.context.level);
  PutAnswer answer;
  answer.needed = plan.required;
  answer.replicas = cluster.replication;
  if (!plan.feasible()) {
    answer.outcome = Outcome::surelyNotApplied;
    answer.error = unavailable(plan.required, static_cast<int>(plan.live.size()), plan.missing);
    return answer;
  }
  answer.outcome = Outcome::applied;
  answer.version = request.version.value_or(Version{stamp_ += 1'000'000, writerBase + via.value});
  for (const NodeId node : plan.live) {
    held[request.key][node.value] = {request.key, answer.version, request.kind,
                                     0,           request.value,  {}};
    if (answer.acknowledged == plan.required) continue;
    ++answer.acknowledged;
    answer.acknowledgedBy.push_back(node);
  }
  answer.missed = plan.missing;
  return answer;
}

GetAnswer FakeCluster::get(NodeId via, const GetRequest& request) const {
  const ReadPlan plan = planRead(Ring(cluster), upSet(), request.key, request.context.level, via);
  GetAnswer answer;
  answer.needed = plan.required;
  answer.replicas = cluster.replication;
  if (!plan.feasible()) {
    answer.error = unavailable(plan.required, static_cast<int>(plan.order.size()), plan.missing);
    return answer;
  }
  ReadMerge merge;
  const auto copies = held.find(request.key);
  for (int i = 0; i < plan.required; ++i) {
    const NodeId node = plan.order[static_cast<std::size_t>(i)];
    std::optional<HeldRecord> record;
    if (copies != held.end()) {
      const auto copy = copies->second.find(node.value);
      if (copy != copies->second.end()) record = {copy->second, digestOf(copy->second)};
    }
    merge.add(node, std::move(record));
    answer.answeredBy.push_back(node);
  }
  answer.acknowledged = plan.required;
  if (merge.newest() != nullptr) {
    answer.record = *merge.newest();
    answer.repaired = merge.stale();
  }
  return answer;
}

RingView FakeCluster::ring(NodeId via) const {
  RingView view;
  view.cluster = cluster;
  view.ringHash = ringHash(cluster);
  view.node = via;
  for (const Member& member : cluster.members) {
    const FakeNode& node = nodes.at(member.id.value);
    MemberView seen{member,
                    node.liveness,
                    node.reason,
                    node.since,
                    writerBase + member.id.value,
                    {0xd100u + member.id.value}};
    if (member.id == via && node.state == "serving") seen.liveness = Liveness::up;
    view.members.push_back(seen);
  }
  return view;
}

NodeStatus FakeCluster::status(NodeId via) const {
  const FakeNode& node = nodes.at(via.value);
  NodeStatus status;
  status.node = via;
  status.version = "0.1.0";
  status.uptime = {724'000'000};
  status.pid = 24101 + via.value;
  status.state = node.state;
  status.stateReason = node.stateReason;
  status.keys = node.keys;
  status.dataBytes = node.dataBytes;
  status.counters = node.counters;
  status.logSync = node.logSync;
  status.wallTime = {fakeWall.micros + node.clockOffset.micros};
  status.directory = {0xd100u + via.value};
  status.boot = 1;
  return status;
}

}  // namespace henge::client::testing
