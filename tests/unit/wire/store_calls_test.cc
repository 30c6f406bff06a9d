#include "wire/store_calls.h"

#include <gtest/gtest.h>

#include "tests/kit/node_fakes.h"
#include "tests/kit/virtual_loop.h"
#include "tests/unit/wire/fakes.h"
#include "tests/unit/wire/messages.h"
#include "wire/call_codec.h"
#include "wire/client_door.h"

namespace henge::wire {
namespace {

// A client's calls and the door of a node, face to face.
struct Facing {
  Facing() {
    door.attach(&replies);
    clients.answersAtOnce = true;
  }

  // The answer to a call, without its length.
  Bytes ask(const Bytes& call) {
    EXPECT_TRUE(door.onMessage({{1}, ++message}, BytesView(call).substr(4), loop.now()).ok());
    return replies.frames.empty() ? Bytes() : replies.frames.back().second;
  }

  kit::VirtualLoop loop;
  kit::FakeStamps stamps{loop, 0x77};
  FakeClientService clients;
  FakeAdminService admin;
  FakeReplies replies;
  ClientDoor door{{shared(clusterOf({9100, 9101, 9102})), {1}, 0x77, Limits()},
                  {loop, stamps, clients, admin}};
  StoreCalls calls;
  std::uint64_t message = 0;
};

PutRequest putRequest(const Bytes& key, const Bytes& value) {
  PutRequest request;
  request.key = key;
  request.value = value;
  return request;
}

TEST(StoreCalls, readWhatANodeAnswers) {
  Facing at;
  const Bytes put = at.ask(at.calls.put(7, putRequest("k", "v"), 1000));
  EXPECT_EQ(*at.calls.seqidOf(put), 7);
  EXPECT_EQ(at.calls.putAnswer(put, false)->outcome, Outcome::applied);
  GetRequest get;
  get.key = "k";
  const Bytes got = at.ask(at.calls.get(-8, get, 1000));
  EXPECT_EQ(*at.calls.seqidOf(got), -8);
  const Result<GetAnswer> answer = at.calls.getAnswer(got, "k");
  ASSERT_TRUE(answer.ok());
  ASSERT_TRUE(answer->found());
  EXPECT_EQ(answer->record->key, "k");
  EXPECT_EQ(answer->record->value, "v");
}

TEST(StoreCalls, carryTheDeadline) {
  Facing at;
  at.clients.answersAtOnce = false;
  at.ask(at.calls.put(1, putRequest("k", "v"), 1234));
  ASSERT_EQ(at.clients.puts.size(), 1U);
  EXPECT_EQ(at.clients.puts[0].request.context.deadline, at.loop.now() + 1234_ms);
}

TEST(StoreCalls, removeIsAPutOfATombstone) {
  Facing at;
  at.clients.answersAtOnce = false;
  PutRequest request = putRequest("k", "");
  request.kind = RecordKind::tombstone;
  at.ask(at.calls.put(1, request, 1000));
  ASSERT_EQ(at.clients.puts.size(), 1U);
  EXPECT_EQ(at.clients.puts[0].request.kind, RecordKind::tombstone);
  at.clients.answer(at.clients.puts[0], FakeClientService::applied());
  const Bytes answer = at.replies.frames.back().second;
  EXPECT_EQ(at.calls.putAnswer(answer, true)->outcome, Outcome::applied);
  EXPECT_EQ(at.calls.putAnswer(answer, false).error().message,
            "what came back is no answer: it answers another request");
}

TEST(StoreCalls, readTypedErrorsAsAnswers) {
  Facing at;
  const Bytes refused = at.ask(at.calls.put(1, putRequest("", "v"), 1000));
  const Result<PutAnswer> put = at.calls.putAnswer(refused, false);
  ASSERT_TRUE(put.ok());
  EXPECT_EQ(put->outcome, Outcome::surelyNotApplied);
  ASSERT_TRUE(put->error);
  EXPECT_EQ(put->error->kind, RequestErrorKind::invalidRequest);
  const Bytes unread = at.ask(at.calls.get(2, GetRequest(), 1000));
  const Result<GetAnswer> get = at.calls.getAnswer(unread, "");
  ASSERT_TRUE(get.ok());
  ASSERT_TRUE(get->error);
  EXPECT_EQ(get->error->kind, RequestErrorKind::invalidRequest);
}

TEST(StoreCalls, greetAndMatchSeqidsOnlyIfTheySaySo) {
  Facing at;
  const Bytes plain = at.ask(at.calls.hello(1, false));
  EXPECT_TRUE(at.replies.overtaking.empty());
  const Result<NodeGreeting> greeting = at.calls.greeting(plain);
  ASSERT_TRUE(greeting.ok());
  EXPECT_EQ(greeting->node, NodeId{1});
  EXPECT_EQ(greeting->writer, 0x77U);
  EXPECT_EQ(greeting->limits.valueBytesMax, Limits().valueBytesMax);
  at.ask(at.calls.hello(2, true));
  EXPECT_EQ(at.replies.overtaking.size(), 1U);
}

TEST(StoreCalls, nonsenseIsNoAnswer) {
  StoreCalls calls;
  for (const Bytes& frame : {Bytes(), Bytes("nonsense"), getCall("k").substr(4)}) {
    const Result<GetAnswer> answer = calls.getAnswer(frame, "k");
    ASSERT_FALSE(answer.ok());
    EXPECT_EQ(answer.error().kind, ErrorKind::corrupt);
  }
  EXPECT_EQ(calls.seqidOf("nonsense").error().kind, ErrorKind::corrupt);
}

TEST(CallCodec, saysThatANodeDoesNotKnowAMethod) {
  Facing at;
  CallCodec codec;
  const Bytes answer = at.ask(codec.call<thrift::Store_get_args>("getAll", 3, getOf("k")));
  thrift::Store_get_result result;
  const Status read = codec.read(answer, "getAll", result);
  ASSERT_FALSE(read.ok());
  EXPECT_EQ(read.error().kind, ErrorKind::unsupported);
  EXPECT_EQ(read.error().message, "the node does not know 'getAll'");
}

TEST(StoreCalls, tellOfTheNodeThatAnswered) {
  Facing at;
  AnswerSource ofPut, ofGet, ofRefusal;
  const Bytes put = at.ask(at.calls.put(1, putRequest("k", "v"), 1000));
  (void)at.calls.putAnswer(put, false, &ofPut);
  GetRequest get;
  get.key = "k";
  (void)at.calls.getAnswer(at.ask(at.calls.get(2, get, 1000)), "k", &ofGet);
  for (const AnswerSource& source : {ofPut, ofGet}) {
    EXPECT_EQ(source.epoch, 1u);
    EXPECT_GE(source.hybridTime, at.loop.wall().micros);
  }
  const Bytes refused = at.ask(at.calls.put(3, putRequest("", "v"), 1000));
  (void)at.calls.putAnswer(refused, false, &ofRefusal);
  EXPECT_EQ(ofRefusal.epoch, 0u) << "not told";
}

TEST(StoreCalls, askForTheRing) {
  Facing at;
  at.admin.ringView.cluster = clusterOf({9100, 9101, 9102});
  at.admin.ringView.ringHash = 77;
  at.admin.ringView.members = {{at.admin.ringView.cluster.members[0], Liveness::up, "", {}, 0, {}}};
  const Result<RingView> ring = at.calls.ringAnswer(at.ask(at.calls.ring(9)));
  ASSERT_TRUE(ring.ok());
  EXPECT_EQ(ring->ringHash, 77u);
  ASSERT_EQ(ring->cluster.members.size(), 1u);
  EXPECT_EQ(ring->cluster.members[0].tokens, at.admin.ringView.cluster.members[0].tokens);
  EXPECT_EQ(at.calls.ringAnswer("nonsense").error().kind, ErrorKind::corrupt);
}

}  // namespace
}  // namespace henge::wire
