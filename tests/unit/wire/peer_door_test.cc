#include "wire/peer_door.h"

#include <gtest/gtest.h>

#include "tests/kit/node_fakes.h"
#include "tests/kit/virtual_loop.h"
#include "tests/unit/wire/fakes.h"
#include "tests/unit/wire/messages.h"
#include "wire/convert_replica.h"

namespace henge::wire {
namespace {

class PeerDoorTest : public testing::Test {
 protected:
  PeerDoorTest() { door_.attach(&replies_); }

  template <typename Args, typename Request>
  Bytes ask(const char* method, const Request& request) {
    const Bytes frame = callOf<Args>(Encoding::binary, method, ++seqid_, request);
    EXPECT_TRUE(door_.onMessage({{1}, ++number_}, BytesView(frame).substr(4), loop_.now()).ok());
    return replies_.frames.size() == number_ ? replies_.frames.back().second : "";
  }

  thrift::PeerHelloAnswer greet(const PeerHello& hello) {
    const Bytes frame = ask<thrift::Replica_hello_args>("hello", toThrift(hello));
    return answerIn<thrift::Replica_hello_result>(frame)->success;
  }

  thrift::ApplyRequest applyOf(const Record& record) {
    ApplyRequest request;
    request.record = record;
    request.epoch = 1;
    thrift::ApplyRequest out = toThrift(request);
    out.__set_deadlineMs(100);
    return out;
  }

  thrift::ApplyAnswer applyRefused(const thrift::ApplyRequest& request) {
    const Bytes frame = ask<thrift::Replica_apply_args>("apply", request);
    return frame.empty() ? thrift::ApplyAnswer()
                         : answerIn<thrift::Replica_apply_result>(frame)->success;
  }

  kit::VirtualLoop loop_;
  kit::NotedEvents events_;
  kit::FakeStamps stamps_{loop_, 0x77};
  FakePeerEvents peerEvents_;
  FakeReplica replica_{{2}};
  FakeReplies replies_;
  Cluster cluster_ = clusterOf({9100, 9101, 9102});
  FakeSelf self_{helloOf(cluster_, {2})};
  PeerDoor door_{{shared(cluster_), {2}, Limits()},
                 {loop_, events_, stamps_, peerEvents_, replica_, self_}};
  std::int32_t seqid_ = 100;
  std::uint64_t number_ = 0;
};

// Else the listener would stop reading, and probes would wait behind them.
TEST_F(PeerDoorTest, aboveItsLimitRequestsOfALinkAreRefusedAndProbesAreNot) {
  PeerDoorOptions options{shared(cluster_), {2}, Limits()};
  options.requestsInWorkMax = 2;
  PeerDoor door(options, {loop_, events_, stamps_, peerEvents_, replica_, self_});
  door.attach(&replies_);
  const auto tell = [&](const Bytes& frame) {
    const std::size_t before = replies_.frames.size();
    EXPECT_TRUE(door.onMessage({{1}, ++number_}, BytesView(frame).substr(4), loop_.now()).ok());
    return replies_.frames.size() > before ? replies_.frames.back().second : "";
  };
  const auto apply = [&] {
    return tell(callOf<thrift::Replica_apply_args>(Encoding::binary, "apply", ++seqid_,
                                                   applyOf(recordOf("k", "v"))));
  };
  const auto fetch = [&] {
    thrift::FetchRequest request = toThrift(FetchRequest{"k", true, loop_.now() + 1_s, 1});
    request.__set_deadlineMs(100);
    return tell(callOf<thrift::Replica_fetch_args>(Encoding::binary, "fetch", ++seqid_, request));
  };
  tell(callOf<thrift::Replica_hello_args>(Encoding::binary, "hello", ++seqid_,
                                          toThrift(helloOf(cluster_, {1}))));
  EXPECT_EQ(apply(), "");
  EXPECT_EQ(fetch(), "");
  const auto applied = answerIn<thrift::Replica_apply_result>(apply());
  EXPECT_EQ(toCore(applied->success).refusal, Refusal::overloaded);
  const auto fetched = answerIn<thrift::Replica_fetch_result>(fetch());
  EXPECT_EQ(toCore(fetched->success).refusal, Refusal::overloaded);
  EXPECT_NE(tell(callOf<thrift::Replica_ping_args>(Encoding::binary, "ping", ++seqid_,
                                                   thrift::PingRequest())),
            "");
  replica_.answer(replica_.applies.at(0), ApplyOutcome::applied);
  EXPECT_EQ(apply(), "");
  EXPECT_EQ(replica_.applies.size(), 2U);
}

TEST_F(PeerDoorTest, refusesEverythingBeforeHello) {
  const auto isRefused = [](const Bytes& frame) {
    return applicationErrorIn(frame).second == "a link between nodes begins with hello";
  };
  EXPECT_TRUE(isRefused(ask<thrift::Replica_apply_args>("apply", applyOf(recordOf("k", "v")))));
  EXPECT_TRUE(isRefused(ask<thrift::Replica_fetch_args>("fetch", thrift::FetchRequest())));
  EXPECT_TRUE(isRefused(ask<thrift::Replica_ping_args>("ping", thrift::PingRequest())));
  EXPECT_TRUE(isRefused(ask<thrift::Replica_pingReq_args>("pingReq", thrift::PingReqRequest())));
  EXPECT_TRUE(replica_.applies.empty());
}

TEST_F(PeerDoorTest, takesTheHelloOfAMember) {
  peerEvents_.verdict = {true, "another directory"};
  const thrift::PeerHelloAnswer answer = greet(helloOf(cluster_, {1}));
  EXPECT_FALSE(answer.__isset.refused);
  EXPECT_TRUE(answer.youRebuild);
  EXPECT_EQ(answer.reason, "another directory");
  EXPECT_EQ(answer.me.node, 2);
  EXPECT_EQ(answer.me.boot, 3);
  ASSERT_EQ(peerEvents_.heard.size(), 1U);
  EXPECT_EQ(peerEvents_.heard[0].node, NodeId{1});
  EXPECT_TRUE(replies_.overtaking.contains(ConnectionId{1}));
}

TEST_F(PeerDoorTest, refusesByName) {
  PeerHello other = helloOf(cluster_, {1});
  other.cluster = {1};
  EXPECT_NE(greet(other).refused.find("cluster"), std::string::npos);
  PeerHello ring = helloOf(cluster_, {1});
  ring.ringHash = 1;
  EXPECT_NE(greet(ring).refused.find("ring"), std::string::npos);
  PeerHello replication = helloOf(cluster_, {1});
  replication.replication = 2;
  EXPECT_NE(greet(replication).refused.find("replication"), std::string::npos);
  EXPECT_NE(greet(helloOf(cluster_, {9})).refused.find("no member"), std::string::npos);
  EXPECT_NE(greet(helloOf(cluster_, {2})).refused.find("node"), std::string::npos);
  EXPECT_TRUE(peerEvents_.heard.empty());
  EXPECT_TRUE(events_.mentions("refused the hello of n1"));
  // Refused means refused: nothing else is answered.
  const Bytes frame = ask<thrift::Replica_ping_args>("ping", thrift::PingRequest());
  EXPECT_EQ(applicationErrorIn(frame).second, "a link between nodes begins with hello");
}

TEST_F(PeerDoorTest, refusesAHelloThatLacksWhatDecides) {
  thrift::PeerHelloRequest hello = toThrift(helloOf(cluster_, {1}));
  hello.__isset.ringHash = false;
  const Bytes frame = ask<thrift::Replica_hello_args>("hello", hello);
  EXPECT_EQ(answerIn<thrift::Replica_hello_result>(frame)->success.refused,
            "a hello without its ring");
}

TEST_F(PeerDoorTest, forgetsAHelloWithItsConnection) {
  greet(helloOf(cluster_, {1}));
  door_.onClosed({1});
  const Bytes frame = ask<thrift::Replica_ping_args>("ping", thrift::PingRequest());
  EXPECT_NE(applicationErrorIn(frame).first, -1);
}

TEST_F(PeerDoorTest, withoutADetectorNobodyIsProbedForOthers) {
  greet(helloOf(cluster_, {1}));
  thrift::PingReqRequest request;
  request.__set_member(3);
  const Bytes frame = ask<thrift::Replica_pingReq_args>("pingReq", request);
  EXPECT_EQ(applicationErrorIn(frame).second,
            "a pingReq needs its member, and a node that gossips");
}

TEST_F(PeerDoorTest, asksTheReplicaAndStampsItsAnswers) {
  greet(helloOf(cluster_, {1}));
  thrift::ApplyRequest request = applyOf(recordOf("k", "v", 5));
  request.__set_hybridTime(loop_.wall().micros + 1'000'000'000);
  ask<thrift::Replica_apply_args>("apply", request);
  ASSERT_EQ(replica_.applies.size(), 1U);
  EXPECT_EQ(replica_.applies[0].request.record.key, "k");
  EXPECT_EQ(replica_.applies[0].request.deadline, loop_.now() + 100_ms);
  EXPECT_EQ(stamps_.highest, request.hybridTime);

  self_.mine().syncedTo = {4, 4096};
  self_.mine().rebuilding = true;
  replica_.answer(replica_.applies[0], ApplyOutcome::applied);
  const auto answer = answerIn<thrift::Replica_apply_result>(replies_.frames.back().second);
  EXPECT_EQ(answer->success.outcome, thrift::ApplyOutcome::APPLIED);
  EXPECT_EQ(answer->success.boot, 3);
  EXPECT_EQ(answer->success.synced.segment, 4);
  EXPECT_EQ(answer->success.synced.offset, 4096);
  EXPECT_FALSE(answer->success.votes);
  EXPECT_GE(answer->success.hybridTime, request.hybridTime);
  EXPECT_EQ(answer->success.wallTime, loop_.wall().micros);
  EXPECT_GE(answer->success.sentAt, answer->success.receivedAt);
  EXPECT_EQ(door_.operations(), 0U);
}

TEST_F(PeerDoorTest, answersAFetchWithAndWithoutItsValue) {
  greet(helloOf(cluster_, {1}));
  for (const bool withValue : {true, false}) {
    thrift::FetchRequest request;
    request.__set_key("k");
    request.__set_withValue(withValue);
    request.__set_epoch(1);
    ask<thrift::Replica_fetch_args>("fetch", request);
    FetchReply reply;
    reply.outcome = FetchOutcome::held;
    reply.record = recordOf("k", "the value");
    reply.digest = digestOf(reply.record);
    reply.hasValue = withValue;
    replica_.answer(replica_.fetches.back(), reply);
    const auto answer = answerIn<thrift::Replica_fetch_result>(replies_.frames.back().second);
    EXPECT_EQ(answer->success.row.__isset.value, withValue);
    EXPECT_EQ(toUnsigned(answer->success.digest), reply.digest);
  }
}

TEST_F(PeerDoorTest, refusesRowsThatAreNone) {
  greet(helloOf(cluster_, {1}));
  const auto refusalOf = [this](void (*spoil)(thrift::ApplyRequest&)) {
    thrift::ApplyRequest request = applyOf(recordOf("k", "v"));
    spoil(request);
    const thrift::ApplyAnswer answer = applyRefused(request);
    EXPECT_EQ(answer.outcome, thrift::ApplyOutcome::REFUSED);
    EXPECT_EQ(answer.refusal, thrift::Refusal::INVALID);
    return answer.message;
  };
  using Request = thrift::ApplyRequest;
  EXPECT_EQ(refusalOf([](Request& r) { r.__isset.row = false; }), "an apply without a row");
  EXPECT_EQ(refusalOf([](Request& r) { r.row.__set_key(""); }), "a row without a key");
  EXPECT_EQ(refusalOf([](Request& r) { r.row.__isset.version = false; }),
            "a row without a version");
  EXPECT_EQ(refusalOf([](Request& r) { r.row.version.__set_timestamp(0); }),
            "a row whose version has no timestamp above 0");
  EXPECT_EQ(refusalOf([](Request& r) { r.row.__isset.value = false; }), "a row without a value");
  EXPECT_EQ(refusalOf([](Request& r) { r.row.__set_kind(thrift::RecordKind::TOMBSTONE); }),
            "a tombstone with a value");
  EXPECT_EQ(refusalOf([](Request& r) { r.__isset.source = false; }),
            "an apply of an unknown source");
  EXPECT_EQ(refusalOf([](Request& r) { r.__set_ringGeneration(7); }),
            "ring generation 7 is not known here");
  EXPECT_NE(refusalOf([](Request& r) { r.__set_cluster(7); }).find("cluster"), std::string::npos);
  EXPECT_TRUE(replica_.applies.empty());
}

TEST_F(PeerDoorTest, refusesAValueThatHasNoRoomToWaitIn) {
  greet(helloOf(cluster_, {1}));
  thrift::FetchRequest request;
  request.__set_key("k");
  request.__set_epoch(1);
  ask<thrift::Replica_fetch_args>("fetch", request);
  replies_.room = 4'000;
  FetchReply reply;
  reply.outcome = FetchOutcome::held;
  reply.record = recordOf("k", Bytes(10'000, 'v'));
  replica_.answer(replica_.fetches.back(), reply);
  const auto answer = answerIn<thrift::Replica_fetch_result>(replies_.frames.back().second);
  EXPECT_EQ(answer->success.refusal, thrift::Refusal::OVERLOADED);
}

TEST_F(PeerDoorTest, dropsNothingOfADeadlineInThePast) {
  greet(helloOf(cluster_, {1}));
  thrift::ApplyRequest request = applyOf(recordOf("k", "v"));
  request.__set_deadlineMs(-50);
  ask<thrift::Replica_apply_args>("apply", request);
  EXPECT_EQ(replica_.applies.at(0).request.deadline, loop_.now());  // the replica refuses it
}

}  // namespace
}  // namespace henge::wire
