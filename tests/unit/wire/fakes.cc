#include "tests/unit/wire/fakes.h"

#include <utility>

namespace henge::wire {

PutAnswer FakeClientService::applied() {
  PutAnswer answer;
  answer.outcome = Outcome::applied;
  answer.version = {7'000, 0x9f3c};
  answer.acknowledged = 2;
  answer.needed = 2;
  answer.replicas = 3;
  answer.acknowledgedBy = {{1}, {2}};
  answer.missed = {{3}};
  return answer;
}

GetAnswer FakeClientService::found(const Bytes& key, const Bytes& value) {
  GetAnswer answer;
  answer.record = recordOf(key, value, 7'000);
  answer.acknowledged = 2;
  answer.needed = 2;
  answer.replicas = 3;
  answer.answeredBy = {{1}, {3}};
  return answer;
}

void FakeClientService::put(OpId op, ports::ClientSink& sink, PutRequest request) {
  puts.push_back({op, &sink, std::move(request)});
  if (!answersAtOnce) return;
  const Put put = std::move(puts.back());
  puts.pop_back();
  if (const auto failure = failures.find(put.request.key); failure != failures.end()) {
    PutAnswer failed;
    failed.error = failure->second;
    return answer(put, failed);
  }
  held[put.request.key] = put.request.value;
  answer(put, applied());
}

void FakeClientService::get(OpId op, ports::ClientSink& sink, GetRequest request) {
  gets.push_back({op, &sink, std::move(request)});
  if (!answersAtOnce || gets.back().request.key == slowKey) return;
  const Get get = std::move(gets.back());
  gets.pop_back();
  answerHeld(get);
  if (get.request.key != lastKey) return;
  for (const Get& slow : std::exchange(gets, {})) answerHeld(slow);
}

void FakeClientService::answerHeld(const Get& get) {
  if (const auto failure = failures.find(get.request.key); failure != failures.end()) {
    GetAnswer failed;
    failed.error = failure->second;
    return answer(get, failed);
  }
  const auto known = held.find(get.request.key);
  answer(get, known == held.end() ? GetAnswer() : found(known->first, known->second));
}

void FakeAdminService::dump(OpId op, ports::AdminSink& sink, ports::DumpRequest request) {
  dumped = std::move(request);
  sink.onDumped(op, page);
}

Result<std::string> FakeAdminService::accept(NodeId node, DirectoryId directory) {
  accepted.emplace_back(node, directory);
  return acceptance;
}

void FakeReplica::apply(OpId op, ports::ReplicaSink& sink, ApplyRequest request) {
  applies.push_back({op, &sink, std::move(request)});
  if (!answersAtOnce) return;
  const Apply apply = std::move(applies.back());
  applies.pop_back();
  answer(apply, ApplyOutcome::applied);
}

void FakeReplica::fetch(OpId op, ports::ReplicaSink& sink, FetchRequest request) {
  fetches.push_back({op, &sink, std::move(request)});
  if (!answersAtOnce) return;
  const Fetch fetch = std::move(fetches.back());
  fetches.pop_back();
  FetchReply reply;
  reply.outcome = FetchOutcome::absent;
  answer(fetch, std::move(reply));
}

void FakeReplica::answer(const Apply& apply, ApplyOutcome outcome) {
  ApplyReply reply;
  reply.outcome = outcome;
  apply.sink->onApplied(apply.op, self_, std::move(reply));
}

void FakeReplica::answer(const Fetch& fetch, FetchReply reply) {
  fetch.sink->onFetched(fetch.op, self_, std::move(reply));
}

void SeenReplies::onApplied(OpId op, NodeId from, ApplyReply reply) {
  applied.push_back({op, from, std::move(reply)});
}

void SeenReplies::onFetched(OpId op, NodeId from, FetchReply reply) {
  fetched.push_back({op, from, std::move(reply)});
}

ports::HelloVerdict FakePeerEvents::onHello(const PeerHello& theirs) {
  heard.push_back(theirs);
  return verdict;
}

void FakePeerEvents::onHelloAnswered(const PeerHello& theirs, const ports::HelloVerdict& said) {
  answered.emplace_back(theirs, said);
}

void FakePeerEvents::onLinkDown(NodeId peer, const std::string& reason) {
  up.erase(peer);
  downs.emplace_back(peer, reason);
}

void FakeReplies::reply(Ticket ticket, Bytes frame) {
  frames.emplace_back(ticket, frame.substr(4));
}

Cluster clusterOf(const std::vector<std::uint16_t>& peerPorts) {
  Cluster cluster;
  cluster.name = "test";
  cluster.id = {0xc1c1'c1c1'0000'0001};
  std::uint32_t id = 0;
  for (const std::uint16_t port : peerPorts) {
    Member member;
    member.id = {++id};
    member.tokens = {Bytes(1, static_cast<char>(id))};
    member.peer = {"127.0.0.1", port};
    member.client = {"127.0.0.1", static_cast<std::uint16_t>(port + 1)};
    cluster.members.push_back(std::move(member));
  }
  return cluster;
}

PeerHello helloOf(const Cluster& cluster, NodeId node) {
  PeerHello hello;
  hello.cluster = cluster.id;
  hello.clusterName = cluster.name;
  hello.node = node;
  hello.directory = {0xd000 + node.value};
  hello.incarnation = {3, 0xabc0 + node.value};
  hello.epoch = cluster.epoch;
  hello.ringHash = 0x1234;
  hello.replication = cluster.replication;
  hello.valueBytesMax = Limits().valueBytesMax;
  hello.syncedTo = {1, 100};
  return hello;
}

Record recordOf(const Bytes& key, const Bytes& value, std::int64_t timestamp) {
  Record record;
  record.key = key;
  record.value = value;
  record.version = {timestamp, 0xffff'ffff'ffff'0001};
  return record;
}

}  // namespace henge::wire
