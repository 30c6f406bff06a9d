// Whatever core says travels through both encodings and comes back as it was.
#include "wire/codec.h"

#include <gtest/gtest.h>
#include <limits>
#include <rapidcheck/gtest.h>

#include "tests/unit/wire/messages.h"
#include "wire/convert_admin.h"
#include "wire/convert_answer.h"
#include "wire/convert_replica.h"

namespace henge::wire {
namespace {

template <typename T>
T any() {
  return *rc::gen::arbitrary<T>();
}

Bytes anyBytes() {
  const auto bytes =
      *rc::gen::container<std::vector<std::uint8_t>>(rc::gen::arbitrary<std::uint8_t>());
  return {bytes.begin(), bytes.end()};
}

Version anyVersion() {
  return {*rc::gen::inRange<std::int64_t>(1, std::numeric_limits<std::int64_t>::max()),
          any<std::uint64_t>()};
}

NodeId anyNode() { return {*rc::gen::inRange<std::uint32_t>(1, 0x7fffffff)}; }

std::vector<NodeId> anyNodes() {
  std::vector<NodeId> out;
  for (int left = *rc::gen::inRange(0, 4); left > 0; --left) out.push_back(anyNode());
  return out;
}

Record anyRecord() {
  Record record;
  record.key = anyBytes() + "k";
  record.version = anyVersion();
  record.kind = any<bool>() ? RecordKind::value : RecordKind::tombstone;
  if (!record.isTombstone()) record.value = anyBytes();
  record.expiryMicros =
      *rc::gen::inRange<std::int64_t>(0, std::numeric_limits<std::int64_t>::max());
  for (int left = *rc::gen::inRange(0, 3); left > 0; --left) {
    record.extensions[*rc::gen::inRange<std::uint32_t>(0, 0x7fffffff)] = anyBytes();
  }
  return record;
}

// Through an encoder and a decoder, as argument of a method.
template <typename Args, typename Request>
Request sent(const Request& request) {
  const Encoding encoding = any<bool>() ? Encoding::binary : Encoding::compact;
  const Bytes frame = callOf<Args>(encoding, "method", any<std::int32_t>(), request);
  const Result<MessageHead> head = inspect(BytesView(frame).substr(4), looseLimits);
  RC_ASSERT(head.ok());
  Args args;
  Decoder decoder;
  RC_ASSERT(decoder.read(*head, args).ok());
  RC_ASSERT(args.__isset.request);
  return std::move(args.request);
}

// The same as success of a method.
template <typename Answer, typename Success>
Success answered(const Success& success) {
  const Encoding encoding = any<bool>() ? Encoding::binary : Encoding::compact;
  Answer answer;
  answer.success = success;
  answer.__isset.success = true;
  Encoder encoder;
  const Bytes frame = encoder.write({encoding, MessageKind::reply, "method", 1}, answer);
  const std::unique_ptr<Answer> back = answerIn<Answer>(BytesView(frame).substr(4));
  RC_ASSERT(back != nullptr);
  return std::move(back->success);
}

RC_GTEST_PROP(Codec, carriesApplies, ()) {
  ApplyRequest request;
  request.record = anyRecord();
  request.source = static_cast<Source>(*rc::gen::inRange(1, 7));
  request.epoch = any<std::uint64_t>();
  request.dispatchedAtMicros = any<std::int64_t>();
  auto wire = sent<thrift::Replica_apply_args>(toThrift(request));
  ApplyRequest back;
  RC_ASSERT(!toCore(wire, back));
  RC_ASSERT(back.record == request.record);
  RC_ASSERT(back.record.extensions == request.record.extensions);
  RC_ASSERT(back.source == request.source);
  RC_ASSERT(back.epoch == request.epoch);
  RC_ASSERT(back.dispatchedAtMicros == request.dispatchedAtMicros);
}

RC_GTEST_PROP(Codec, carriesAnswersToApplies, ()) {
  ApplyReply reply;
  reply.outcome = static_cast<ApplyOutcome>(*rc::gen::inRange(1, 6));
  reply.refusal = static_cast<Refusal>(*rc::gen::inRange(0, 8));
  if (any<bool>()) reply.held = anyVersion();
  reply.message = anyBytes();
  reply.alreadyHeld = any<bool>();
  const ApplyReply back = toCore(answered<thrift::Replica_apply_result>(toThrift(reply)));
  RC_ASSERT(back.outcome == reply.outcome);
  RC_ASSERT(back.refusal == reply.refusal);
  RC_ASSERT(back.held == reply.held);
  RC_ASSERT(back.message == reply.message);
  RC_ASSERT(back.alreadyHeld == reply.alreadyHeld);
}

RC_GTEST_PROP(Codec, carriesFetchesAndTheirAnswers, ()) {
  FetchRequest request;
  request.key = anyBytes() + "k";
  request.withValue = any<bool>();
  request.epoch = any<std::uint64_t>();
  auto wire = sent<thrift::Replica_fetch_args>(toThrift(request));
  FetchRequest back;
  RC_ASSERT(!toCore(wire, back));
  RC_ASSERT(back.key == request.key);
  RC_ASSERT(back.withValue == request.withValue);
  RC_ASSERT(back.epoch == request.epoch);

  FetchReply reply;
  reply.outcome = FetchOutcome::held;
  reply.record = anyRecord();
  reply.digest = any<std::uint64_t>();
  reply.hasValue = any<bool>();
  auto answer = answered<thrift::Replica_fetch_result>(toThrift(reply));
  const FetchReply got = toCore(answer);
  if (!reply.hasValue) reply.record.value.clear();
  RC_ASSERT(got.outcome == FetchOutcome::held);
  RC_ASSERT(got.record == reply.record);
  RC_ASSERT(got.digest == reply.digest);
  RC_ASSERT(got.hasValue == (reply.hasValue || reply.record.isTombstone()));
}

RC_GTEST_PROP(Codec, carriesHellos, ()) {
  PeerHello hello;
  hello.features = {anyBytes(), anyBytes()};
  hello.cluster = {any<std::uint64_t>()};
  hello.clusterName = anyBytes();
  hello.node = anyNode();
  hello.directory = {any<std::uint64_t>()};
  hello.incarnation = {any<std::uint64_t>(), any<std::uint64_t>()};
  hello.epoch = any<std::uint64_t>();
  hello.ringHash = any<std::uint64_t>();
  hello.replication = 3;
  hello.valueBytesMax = 1 << 20;
  hello.syncedTo = {any<std::uint64_t>(), any<std::uint64_t>()};
  hello.rebuilding = any<bool>();
  auto wire = sent<thrift::Replica_hello_args>(toThrift(hello));
  PeerHello back;
  RC_ASSERT(!toCore(wire, back));
  RC_ASSERT(back.features == hello.features);
  RC_ASSERT(back.cluster == hello.cluster);
  RC_ASSERT(back.clusterName == hello.clusterName);
  RC_ASSERT(back.node == hello.node);
  RC_ASSERT(back.directory == hello.directory);
  RC_ASSERT(back.incarnation == hello.incarnation);
  RC_ASSERT(back.epoch == hello.epoch);
  RC_ASSERT(back.ringHash == hello.ringHash);
  RC_ASSERT(back.syncedTo == hello.syncedTo);
  RC_ASSERT(back.rebuilding == hello.rebuilding);
}

RC_GTEST_PROP(Codec, carriesAnswersToClients, ()) {
  PutAnswer put;
  put.outcome = static_cast<Outcome>(*rc::gen::inRange(1, 4));
  put.version = anyVersion();
  put.superseded = any<bool>();
  put.acknowledged = 2;
  put.needed = 2;
  put.replicas = 3;
  put.acknowledgedBy = anyNodes();
  put.missed = anyNodes();
  const PutAnswer putBack = toCore(answered<thrift::Store_put_result>(toThrift(put, {})));
  RC_ASSERT(putBack.outcome == put.outcome);
  RC_ASSERT(putBack.version == put.version);
  RC_ASSERT(putBack.superseded == put.superseded);
  RC_ASSERT(putBack.acknowledgedBy == put.acknowledgedBy);
  RC_ASSERT(putBack.missed == put.missed);

  GetAnswer get;
  if (any<bool>()) get.record = anyRecord();
  get.answeredBy = anyNodes();
  get.repaired = anyNodes();
  auto wire = answered<thrift::Store_get_result>(toThrift(get, {}));
  const GetAnswer getBack = toCore(wire, get.record ? get.record->key : "");
  RC_ASSERT(getBack.record == get.record);
  RC_ASSERT(getBack.found() == get.found());
  RC_ASSERT(getBack.answeredBy == get.answeredBy);
  RC_ASSERT(getBack.repaired == get.repaired);
}

RC_GTEST_PROP(Codec, carriesPagesOfADump, ()) {
  DumpPage page;
  for (int left = *rc::gen::inRange(0, 5); left > 0; --left) page.records.push_back(anyRecord());
  page.more = any<bool>();
  if (page.more) page.resumeKey = anyBytes();
  auto wire = answered<thrift::Admin_dump_result>(toThrift(page, {1}));
  const Result<DumpPage> back = toCore(wire);
  RC_ASSERT(back.ok());
  RC_ASSERT(back->records == page.records);
  RC_ASSERT(back->more == page.more);
  RC_ASSERT(back->resumeKey == page.resumeKey);
}

TEST(Codec, readsMoreThanAHundredMebibytesWithOneDecoder) {
  const Bytes message = putCall("key", Bytes(1 << 20, 'v')).substr(4);
  Decoder decoder;
  for (int i = 0; i < 220; ++i) {
    const Result<MessageHead> head = inspect(message, looseLimits);
    ASSERT_TRUE(head.ok());
    thrift::Store_put_args args;
    ASSERT_TRUE(decoder.read(*head, args).ok()) << i;
  }
}

TEST(Codec, takesEnumsThatAreNoneForUnknown) {
  EXPECT_EQ(toOutcome(99), Outcome::unknown);
  EXPECT_FALSE(toConsistency(0));
  EXPECT_FALSE(toConsistency(4));
  thrift::ApplyAnswer silent;
  EXPECT_EQ(toCore(silent).outcome, ApplyOutcome::failed);
  thrift::FetchAnswer nothing;
  EXPECT_EQ(toCore(nothing).outcome, FetchOutcome::refused);
}

}  // namespace
}  // namespace henge::wire
