// What a trace needs on the wire: the question, its name between nodes, times back, and the text.
#include <gtest/gtest.h>

#include "tests/kit/node_fakes.h"
#include "tests/kit/virtual_loop.h"
#include "tests/unit/wire/fakes.h"
#include "tests/unit/wire/messages.h"
#include "wire/client_door.h"
#include "wire/convert_answer.h"
#include "wire/convert_replica.h"
#include "wire/peer_door.h"
#include "wire/store_calls.h"

namespace henge::wire {
namespace {

// The same message after a stay in a frame.
template <typename Message>
Message carried(const Message& message) {
  using Buffer = apache::thrift::transport::TMemoryBuffer;
  const auto buffer = std::make_shared<Buffer>();
  apache::thrift::protocol::TBinaryProtocolT<Buffer> protocol(buffer);
  message.write(&protocol);
  Message out;
  out.read(&protocol);
  return out;
}

ReplicaTimes timesOf(std::int64_t receivedAt, std::int64_t sentAt, std::optional<Duration> took) {
  ApplyReply reply;
  reply.outcome = ApplyOutcome::applied;
  reply.times.storage = took;
  thrift::ApplyAnswer answer = toThrift(reply);
  answer.__set_receivedAt(receivedAt);
  answer.__set_sentAt(sentAt);
  return toCore(carried(answer)).times;
}

TEST(TraceFields, requestsBetweenNodesBearTheName) {
  ApplyRequest apply;
  apply.record = recordOf("k", "v");
  apply.epoch = 1;
  FetchRequest fetch;
  fetch.key = "k";
  fetch.epoch = 1;
  for (const std::uint64_t name : {std::uint64_t{0}, std::uint64_t{0x7f}, ~std::uint64_t{0}}) {
    apply.traceId = fetch.traceId = name;
    thrift::ApplyRequest applied = carried(toThrift(apply));
    thrift::FetchRequest fetched = carried(toThrift(fetch));
    EXPECT_EQ(applied.__isset.traceId, name != 0) << "not traced: no byte of it";
    EXPECT_EQ(fetched.__isset.traceId, name != 0);
    ApplyRequest applyBack;
    FetchRequest fetchBack;
    ASSERT_FALSE(toCore(applied, applyBack));
    ASSERT_FALSE(toCore(fetched, fetchBack));
    EXPECT_EQ(applyBack.traceId, name);
    EXPECT_EQ(fetchBack.traceId, name);
  }
}

TEST(TraceFields, answersBetweenNodesTellTheirTimes) {
  const ReplicaTimes times = timesOf(1'000, 1'400, Duration{300});
  EXPECT_EQ(times.had, Duration{400});
  EXPECT_EQ(times.storage, Duration{300});
  EXPECT_FALSE(timesOf(1'000, 1'400, std::nullopt).storage) << "a peer of an older version";
}

TEST(TraceFields, timesNoClockGivesAreNotTold) {
  EXPECT_FALSE(timesOf(1'400, 1'000, Duration{300}).had);
  EXPECT_FALSE(timesOf(INT64_MIN, INT64_MAX, Duration{300}).had);
  EXPECT_FALSE(timesOf(1'000, 1'400, Duration{-1}).storage);
  FetchReply reply;
  reply.outcome = FetchOutcome::absent;
  thrift::FetchAnswer answer = toThrift(reply);
  EXPECT_FALSE(toCore(answer).times.had) << "a peer that tells none";
}

TEST(TraceFields, theReplicasTimeTravelsThroughTheDoor) {
  kit::VirtualLoop loop;
  kit::NotedEvents events;
  kit::FakeStamps stamps{loop, 0x77};
  FakePeerEvents peerEvents;
  FakeReplica replica{{2}};
  FakeReplies replies;
  const Cluster cluster = clusterOf({9100, 9101, 9102});
  FakeSelf self{helloOf(cluster, {2})};
  PeerDoor door{{shared(cluster), {2}, Limits()},
                {loop, events, stamps, peerEvents, replica, self}};
  door.attach(&replies);
  const auto give = [&](const Bytes& frame) {
    ASSERT_TRUE(door.onMessage({{1}, 1}, BytesView(frame).substr(4), loop.now()).ok());
  };
  give(callOf<thrift::Replica_hello_args>(Encoding::binary, "hello", 1,
                                          toThrift(helloOf(cluster, {1}))));
  FetchRequest request;
  request.key = "k";
  request.epoch = 1;
  request.traceId = 0x7f;
  give(callOf<thrift::Replica_fetch_args>(Encoding::binary, "fetch", 2, toThrift(request)));
  ASSERT_EQ(replica.fetches.size(), 1U);
  EXPECT_EQ(replica.fetches[0].request.traceId, 0x7fU);
  loop.runFor(5_ms);
  FetchReply reply;
  reply.outcome = FetchOutcome::absent;
  reply.times.storage = 3_ms;
  replica.answer(replica.fetches[0], reply);
  auto answer = answerIn<thrift::Replica_fetch_result>(replies.frames.back().second);
  const ReplicaTimes times = toCore(answer->success).times;
  EXPECT_EQ(times.had, Duration{5'000});
  EXPECT_EQ(times.storage, Duration{3'000});
}

// A client's call and a node's door, face to face.
class TraceThroughTheDoor : public testing::Test {
 protected:
  TraceThroughTheDoor() { door_.attach(&replies_); }

  Bytes ask(const Bytes& call) {
    EXPECT_TRUE(door_.onMessage({{1}, ++message_}, BytesView(call).substr(4), loop_.now()).ok());
    return replies_.frames.empty() ? Bytes() : replies_.frames.back().second;
  }

  Result<PutAnswer> putAnsweredWith(const PutAnswer& answer) {
    PutRequest request;
    request.key = "k";
    request.context.trace = true;
    request.context.traceId = 0x7f;
    ask(calls_.put(1, request, 1000));
    const auto asked = clients_.puts.back();
    EXPECT_TRUE(asked.request.context.trace);
    EXPECT_EQ(asked.request.context.traceId, 0x7fU);
    clients_.answer(asked, answer);
    return calls_.putAnswer(replies_.frames.back().second, false);
  }

  kit::VirtualLoop loop_;
  kit::FakeStamps stamps_{loop_, 0x77};
  FakeClientService clients_;
  FakeAdminService admin_;
  FakeReplies replies_;
  ClientDoor door_{{shared(clusterOf({9100, 9101, 9102})), {1}, 0x77, Limits()},
                   {loop_, stamps_, clients_, admin_}};
  StoreCalls calls_;
  std::uint64_t message_ = 0;
};

TEST_F(TraceThroughTheDoor, aPutsAnswerBearsIt) {
  PutAnswer answer = FakeClientService::applied();
  EXPECT_EQ(putAnsweredWith(answer)->trace, "");
  answer.trace = "trace 7f\nThe end.\n";
  EXPECT_EQ(putAnsweredWith(answer)->trace, answer.trace);
}

TEST_F(TraceThroughTheDoor, soDoTheErrorsAfterWhichOneLooks) {
  for (const RequestErrorKind kind :
       {RequestErrorKind::unavailable, RequestErrorKind::timeout, RequestErrorKind::overloaded}) {
    PutAnswer answer;
    answer.trace = "trace 7f\nThe end.\n";
    answer.error.emplace().kind = kind;
    const Result<PutAnswer> put = putAnsweredWith(answer);
    ASSERT_TRUE(put.ok());
    EXPECT_EQ(put->error->kind, kind);
    EXPECT_EQ(put->trace, answer.trace);

    GetRequest request;
    request.key = "k";
    request.context.trace = true;
    ask(calls_.get(2, request, 1000));
    GetAnswer none;
    none.trace = answer.trace;
    none.error = answer.error;
    clients_.answer(clients_.gets.back(), none);
    EXPECT_EQ(calls_.getAnswer(replies_.frames.back().second, "k")->trace, answer.trace);
  }
}

TEST_F(TraceThroughTheDoor, aGetsAnswerBearsItIfThereIsRoom) {
  GetRequest request;
  request.key = "k";
  request.context.trace = true;
  const auto answered = [&](std::size_t room) {
    ask(calls_.get(2, request, 1000));
    EXPECT_TRUE(clients_.gets.back().request.context.trace);
    GetAnswer answer;
    answer.trace = std::string(5000, 't');
    replies_.room = room;
    clients_.answer(clients_.gets.back(), answer);
    return *calls_.getAnswer(replies_.frames.back().second, "k");
  };
  EXPECT_EQ(answered(10'000).trace.size(), 5000U);
  const GetAnswer refused = answered(5'500);
  EXPECT_EQ(refused.error->kind, RequestErrorKind::overloaded);
  EXPECT_EQ(refused.trace, "");
}

}  // namespace
}  // namespace henge::wire
