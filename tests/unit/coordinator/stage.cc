#include "tests/unit/coordinator/stage.h"

#include <gtest/gtest.h>

#include "tests/unit/core/script_cluster.h"

namespace henge::coordinator {

std::shared_ptr<const Ring> fourNodes() {
  return std::make_shared<const Ring>(clusterOf({"00", "40", "80", "c0"}, 3));
}

Stage::Stage(NodeId self, std::size_t operationsMax)
    : stamps(loop, 0xc0 + self.value),
      coordinator({self, Limits(), operationsMax}, fourNodes(),
                  {loop, loop, peers, membership, stamps, hints, events}) {
  for (std::uint32_t node = 0; node < 4; ++node) membership.up.set({node}, Liveness::up);
}

OpId Stage::put(PutRequest request, Duration in) {
  const OpId op{++lastOp};
  request.context.deadline = loop.now() + in;
  coordinator.put(op, client, std::move(request));
  return op;
}

OpId Stage::get(GetRequest request, Duration in) {
  const OpId op{++lastOp};
  request.context.deadline = loop.now() + in;
  coordinator.get(op, client, std::move(request));
  return op;
}

PutRequest Stage::putOf(const Bytes& value, Consistency level) const {
  PutRequest request;
  request.key = "k";
  request.value = value;
  request.context.level = level;
  return request;
}

GetRequest Stage::getOf(Consistency level) const {
  GetRequest request;
  request.key = "k";
  request.context.level = level;
  return request;
}

const Sent& Stage::latestTo(NodeId node) const {
  const auto found = std::find_if(peers.sent.rbegin(), peers.sent.rend(),
                                  [node](const Sent& sent) { return sent.to == node; });
  if (found == peers.sent.rend()) throw std::logic_error("nothing was sent to " + toString(node));
  return *found;
}

void Stage::answer(NodeId node, ApplyReply reply) {
  const Sent sent = latestTo(node);
  ASSERT_NE(sent.apply(), nullptr) << "a fetch was sent last";
  sent.sink->onApplied(sent.op, node, std::move(reply));
}

void Stage::answer(NodeId node, FetchReply reply) {
  const Sent sent = latestTo(node);
  ASSERT_NE(sent.fetch(), nullptr) << "an apply was sent last";
  sent.sink->onFetched(sent.op, node, std::move(reply));
}

ApplyReply applied() {
  ApplyReply reply;
  reply.outcome = ApplyOutcome::applied;
  return reply;
}

ApplyReply superseded(Version held) {
  ApplyReply reply;
  reply.outcome = ApplyOutcome::superseded;
  reply.held = held;
  return reply;
}

ApplyReply refused(Refusal refusal) {
  ApplyReply reply;
  reply.outcome = ApplyOutcome::refused;
  reply.refusal = refusal;
  reply.message = "said the replica";
  return reply;
}

ApplyReply unreachable(bool sent) {
  ApplyReply reply;
  reply.outcome = ApplyOutcome::unreachable;
  reply.sent = sent;
  return reply;
}

FetchReply held(Record record) {
  FetchReply reply;
  reply.outcome = FetchOutcome::held;
  reply.digest = digestOf(record);
  reply.record = std::move(record);
  return reply;
}

FetchReply absent() {
  FetchReply reply;
  reply.outcome = FetchOutcome::absent;
  return reply;
}

Record recordOf(Version version, const Bytes& value) {
  Record record;
  record.key = "k";
  record.version = version;
  record.value = value;
  return record;
}

}  // namespace henge::coordinator
