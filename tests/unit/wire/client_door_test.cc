#include "wire/client_door.h"

#include <gtest/gtest.h>

#include "tests/kit/node_fakes.h"
#include "tests/kit/virtual_loop.h"
#include "tests/unit/wire/fakes.h"
#include "tests/unit/wire/messages.h"
#include "wire/convert_types.h"

namespace henge::wire {
namespace {

class ClientDoorTest : public testing::Test {
 protected:
  ClientDoorTest() { door_.attach(&replies_); }

  // A frame with its length, as request `number` of connection 1.
  Status give(const Bytes& frame) {
    return door_.onMessage({{1}, ++number_}, BytesView(frame).substr(4), loop_.now());
  }
  Bytes lastFrame() const { return replies_.frames.back().second; }

  template <typename Answer>
  std::unique_ptr<Answer> lastAnswer() const {
    return replies_.frames.empty() ? nullptr : answerIn<Answer>(replies_.frames.back().second);
  }

  kit::VirtualLoop loop_;
  kit::FakeStamps stamps_{loop_, 0x77};
  FakeClientService clients_;
  FakeAdminService admin_;
  FakeReplies replies_;
  Cluster cluster_ = clusterOf({9100, 9101, 9102});
  ClientDoor door_{{shared(cluster_), {2}, 0xffff'0000'0000'0001, Limits()},
                   {loop_, stamps_, clients_, admin_}};
  std::uint64_t number_ = 0;
};

TEST_F(ClientDoorTest, turnsAPutIntoACoreRequestAndTheAnswerIntoAFrame) {
  for (const Encoding encoding : {Encoding::binary, Encoding::compact}) {
    ASSERT_TRUE(give(putCall("key", "value", 42, encoding)).ok());
    ASSERT_EQ(clients_.puts.size(), 1U);
    EXPECT_EQ(clients_.puts[0].request.key, "key");
    EXPECT_EQ(clients_.puts[0].request.value, "value");
    clients_.answer(clients_.puts[0], FakeClientService::applied());
    clients_.puts.clear();
    const Bytes frame = lastFrame();
    EXPECT_EQ(headOf(frame).encoding, encoding);
    EXPECT_EQ(headOf(frame).seqid, 42);
    EXPECT_EQ(headOf(frame).name, "put");
    const auto answer = lastAnswer<thrift::Store_put_result>();
    ASSERT_TRUE(answer && answer->__isset.success);
    EXPECT_EQ(answer->success.outcome, thrift::Outcome::APPLIED);
    EXPECT_EQ(answer->success.version.timestamp, 7'000);
    EXPECT_EQ(answer->success.acknowledgedBy, (std::vector<std::int32_t>{1, 2}));
    EXPECT_EQ(answer->success.missed, (std::vector<std::int32_t>{3}));
    EXPECT_EQ(answer->success.node, 2);
    EXPECT_EQ(answer->success.epoch, 1);
    EXPECT_GT(answer->success.hybridTime, 0);
  }
  EXPECT_EQ(door_.operations(), 0U);
}

TEST_F(ClientDoorTest, givesOperationsNumbersOfItsOwn) {
  ASSERT_TRUE(give(putCall("a", "1", 9)).ok());
  ASSERT_TRUE(give(putCall("b", "2", 9)).ok());
  ASSERT_NE(clients_.puts[0].op, clients_.puts[1].op);
  EXPECT_NE(clients_.puts[0].op, OpId{});
  PutAnswer second = FakeClientService::applied();
  second.acknowledged = 3;
  clients_.answer(clients_.puts[1], second);
  EXPECT_EQ(replies_.frames.back().first.message, 2U);
  EXPECT_EQ(lastAnswer<thrift::Store_put_result>()->success.acknowledged, 3);
  clients_.answer(clients_.puts[0], FakeClientService::applied());
  EXPECT_EQ(replies_.frames.back().first.message, 1U);
}

TEST_F(ClientDoorTest, answersARemoveAsARemove) {
  thrift::RemoveRequest remove;
  remove.__set_key("k");
  ASSERT_TRUE(give(callOf<thrift::Store_remove_args>(Encoding::binary, "remove", 4, remove)).ok());
  EXPECT_EQ(clients_.puts[0].request.kind, RecordKind::tombstone);
  clients_.answer(clients_.puts[0], FakeClientService::applied());
  EXPECT_EQ(headOf(lastFrame()).name, "remove");
  EXPECT_TRUE(lastAnswer<thrift::Store_remove_result>()->__isset.success);
}

TEST_F(ClientDoorTest, answersAGetForValuesTombstonesAndNothing) {
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(give(getCall("k")).ok());
  clients_.answer(clients_.gets[0], FakeClientService::found("k", ""));
  auto answer = lastAnswer<thrift::Store_get_result>();
  EXPECT_TRUE(answer->success.found);
  EXPECT_TRUE(answer->success.__isset.value);
  EXPECT_EQ(answer->success.value, "");
  EXPECT_EQ(answer->success.answeredBy, (std::vector<std::int32_t>{1, 3}));

  GetAnswer removed = FakeClientService::found("k", "");
  removed.record->kind = RecordKind::tombstone;
  clients_.answer(clients_.gets[1], removed);
  answer = lastAnswer<thrift::Store_get_result>();
  EXPECT_FALSE(answer->success.found);
  EXPECT_TRUE(answer->success.removed);
  EXPECT_EQ(answer->success.version.timestamp, 7'000);
  EXPECT_FALSE(answer->success.__isset.value);

  clients_.answer(clients_.gets[2], GetAnswer());
  answer = lastAnswer<thrift::Store_get_result>();
  EXPECT_FALSE(answer->success.found);
  EXPECT_FALSE(answer->success.__isset.version);
}

TEST_F(ClientDoorTest, tellsErrorsAsTypedExceptions) {
  const auto answerWith = [this](RequestErrorKind kind, Outcome outcome) {
    EXPECT_TRUE(give(putCall("k", "v")).ok());
    PutAnswer answer;
    answer.outcome = outcome;
    answer.version = {77, 1};
    RequestError error;
    error.kind = kind;
    error.message = "why";
    error.needed = 2;
    error.alive = 1;
    error.acknowledged = 1;
    error.missing = {{3}};
    error.limit = 5;
    error.retryAfterMs = 40;
    answer.error = error;
    clients_.answer(clients_.puts.back(), answer);
    return lastAnswer<thrift::Store_put_result>();
  };
  const auto unavailable = answerWith(RequestErrorKind::unavailable, Outcome::surelyNotApplied);
  ASSERT_TRUE(unavailable->__isset.unavailable);
  EXPECT_EQ(unavailable->unavailable.needed, 2);
  EXPECT_EQ(unavailable->unavailable.alive, 1);
  EXPECT_EQ(unavailable->unavailable.missing, (std::vector<std::int32_t>{3}));
  EXPECT_EQ(unavailable->unavailable.outcome, thrift::Outcome::SURELY_NOT_APPLIED);

  const auto timeout = answerWith(RequestErrorKind::timeout, Outcome::unknown);
  ASSERT_TRUE(timeout->__isset.timeout);
  EXPECT_EQ(timeout->timeout.acknowledged, 1);
  EXPECT_EQ(timeout->timeout.outcome, thrift::Outcome::UNKNOWN);
  EXPECT_EQ(timeout->timeout.version.timestamp, 77);

  const auto overloaded = answerWith(RequestErrorKind::overloaded, Outcome::unknown);
  ASSERT_TRUE(overloaded->__isset.overloaded);
  EXPECT_EQ(overloaded->overloaded.retryAfterMs, 40);
  EXPECT_EQ(overloaded->overloaded.outcome, thrift::Outcome::UNKNOWN);

  const auto invalid = answerWith(RequestErrorKind::invalidRequest, Outcome::surelyNotApplied);
  ASSERT_TRUE(invalid->__isset.invalid);
  EXPECT_EQ(invalid->invalid.limit, 5);
  EXPECT_EQ(invalid->invalid.message, "why");

  const auto rebuilding = answerWith(RequestErrorKind::rebuilding, Outcome::surelyNotApplied);
  ASSERT_TRUE(rebuilding->__isset.rebuilding);
  EXPECT_EQ(rebuilding->rebuilding.nodes, (std::vector<std::int32_t>{3}));
}

TEST_F(ClientDoorTest, refusesABrokenRuleWithoutAskingAnybody) {
  ASSERT_TRUE(give(putCall("", "v")).ok());
  EXPECT_TRUE(clients_.puts.empty());
  const auto answer = lastAnswer<thrift::Store_put_result>();
  ASSERT_TRUE(answer->__isset.invalid);
  EXPECT_EQ(answer->invalid.field, "key");
  EXPECT_EQ(answer->invalid.limit, Limits().keyBytesMax);
}

TEST_F(ClientDoorTest, namesAnUnknownMethodAndAMissingArgument) {
  ASSERT_TRUE(give(callOf<thrift::Store_get_args>(Encoding::compact, "frob", 6, getOf("k"))).ok());
  EXPECT_EQ(applicationErrorIn(lastFrame()).first,
            apache::thrift::TApplicationException::UNKNOWN_METHOD);
  EXPECT_NE(applicationErrorIn(lastFrame()).second.find("frob"), std::string::npos);
  EXPECT_EQ(headOf(lastFrame()).seqid, 6);
  EXPECT_EQ(headOf(lastFrame()).name, "frob");

  // Argument 1 is a string, not a struct: of another type than the method's.
  const Bytes wrongType(
      "\x80\x01\x00\x01\x00\x00\x00\x03get\x00\x00\x00\x07"
      "\x0b\x00\x01\x00\x00\x00\x01k\x00",
      24);
  ASSERT_TRUE(door_.onMessage({{1}, 50}, wrongType, loop_.now()).ok());
  EXPECT_EQ(applicationErrorIn(lastFrame()).first,
            apache::thrift::TApplicationException::PROTOCOL_ERROR);
  EXPECT_TRUE(clients_.gets.empty());
}

TEST_F(ClientDoorTest, doesNotTakeAReplyForARequest) {
  Encoder encoder;
  thrift::Store_get_args args;
  EXPECT_FALSE(give(encoder.write({Encoding::binary, MessageKind::reply, "get", 1}, args)).ok());
  EXPECT_FALSE(give(encoder.write({Encoding::binary, MessageKind::oneway, "get", 1}, args)).ok());
  EXPECT_FALSE(give(Bytes("\0\0\0\2\x80\x01", 6)).ok());
  EXPECT_TRUE(replies_.frames.empty());
}

TEST_F(ClientDoorTest, saysWhoItIsAndLetsMatchingClientsOvertake) {
  ASSERT_TRUE(give(helloCall(false)).ok());
  EXPECT_TRUE(replies_.overtaking.empty());
  ASSERT_TRUE(give(helloCall(true)).ok());
  EXPECT_TRUE(replies_.overtaking.contains(ConnectionId{1}));
  const auto hello = lastAnswer<thrift::Store_hello_result>();
  EXPECT_EQ(hello->success.node, 2);
  EXPECT_EQ(hello->success.clusterName, "test");
  EXPECT_EQ(hello->success.replication, 3);
  EXPECT_EQ(hello->success.keyBytesMax, 65'536);
  EXPECT_EQ(hello->success.valueBytesMax, 8 << 20);
  EXPECT_EQ(hello->success.frameBytesMax, static_cast<int>(Limits().frameBytesMax()));
  EXPECT_EQ(toUnsigned(hello->success.writer), 0xffff'0000'0000'0001U);
  EXPECT_EQ(toUnsigned(hello->success.ringHash), ringHash(cluster_));
  EXPECT_FALSE(hello->success.version.empty());
}

TEST_F(ClientDoorTest, refusesAProtocolItDoesNotSpeak) {
  thrift::HelloRequest request;
  request.__set_protocolMin(2);
  request.__set_protocolMax(5);
  ASSERT_TRUE(give(callOf<thrift::Store_hello_args>(Encoding::binary, "hello", 1, request)).ok());
  const auto hello = lastAnswer<thrift::Store_hello_result>();
  ASSERT_TRUE(hello->__isset.invalid);
  EXPECT_EQ(hello->invalid.field, "protocol");
}

TEST_F(ClientDoorTest, refusesAValueThatHasNoRoomToWaitIn) {
  ASSERT_TRUE(give(getCall("k")).ok());
  replies_.room = 10'000;
  clients_.answer(clients_.gets[0], FakeClientService::found("k", Bytes(20'000, 'v')));
  const auto answer = lastAnswer<thrift::Store_get_result>();
  ASSERT_TRUE(answer->__isset.overloaded);
  EXPECT_GT(answer->overloaded.retryAfterMs, 0);
}

TEST_F(ClientDoorTest, dumpsPagesAndPassesTheirErrorsOn) {
  admin_.page = DumpPage{{recordOf("a", "1"), recordOf("b", "2")}, true, "resume"};
  thrift::DumpRequest request;
  request.__set_rowsMax(2);
  request.__set_fromKey("a");
  request.__set_afterPosition("earlier");
  const Bytes call = callOf<thrift::Admin_dump_args>(Encoding::binary, "dump", 1, request);
  ASSERT_TRUE(give(call).ok());
  EXPECT_EQ(admin_.dumped->recordsMax, 2U);
  EXPECT_EQ(*admin_.dumped->fromKey, "a");
  EXPECT_EQ(*admin_.dumped->resumeKey, "earlier");
  EXPECT_FALSE(admin_.dumped->toKey);
  const auto page = lastAnswer<thrift::Admin_dump_result>();
  ASSERT_EQ(page->success.rows.size(), 2U);
  EXPECT_EQ(page->success.rows[1].key, "b");
  EXPECT_TRUE(page->success.more);
  EXPECT_EQ(page->success.resumeKey, "resume");

  admin_.page = Error{ErrorKind::overloaded, "later"};
  ASSERT_TRUE(give(call).ok());
  EXPECT_TRUE(lastAnswer<thrift::Admin_dump_result>()->__isset.overloaded);
  admin_.page = Error{ErrorKind::corrupt, "block 7"};
  ASSERT_TRUE(give(call).ok());
  EXPECT_EQ(applicationErrorIn(lastFrame()).second, "block 7");
}

TEST_F(ClientDoorTest, refusesADumpOfTooManyRows) {
  for (const int rows : {0, -1, 1001, INT32_MAX}) {
    thrift::DumpRequest request;
    request.__set_rowsMax(rows);
    ASSERT_TRUE(give(callOf<thrift::Admin_dump_args>(Encoding::binary, "dump", 1, request)).ok());
    EXPECT_EQ(lastAnswer<thrift::Admin_dump_result>()->invalid.field, "rowsMax");
  }
  EXPECT_FALSE(admin_.dumped);
}

TEST_F(ClientDoorTest, passesAnAcceptanceOn) {
  thrift::AcceptRequest request;
  request.__set_node(1);
  request.__set_directory(-5);
  const Bytes call = callOf<thrift::Admin_accept_args>(Encoding::binary, "accept", 1, request);
  ASSERT_TRUE(give(call).ok());
  EXPECT_EQ(admin_.accepted.at(0).first, NodeId{1});
  EXPECT_EQ(toSigned(admin_.accepted.at(0).second.value), -5);
  EXPECT_EQ(lastAnswer<thrift::Admin_accept_result>()->success.message, "n1 is taken as it is");
  admin_.acceptance = Error{ErrorKind::mismatch, "another directory"};
  ASSERT_TRUE(give(call).ok());
  EXPECT_EQ(lastAnswer<thrift::Admin_accept_result>()->invalid.message, "another directory");
  ASSERT_TRUE(give(callOf<thrift::Admin_accept_args>(Encoding::binary, "accept", 1,
                                                     thrift::AcceptRequest()))
                  .ok());
  EXPECT_EQ(admin_.accepted.size(), 2U);
}

TEST_F(ClientDoorTest, dropsAnswersWhenTheListenerIsGone) {
  ASSERT_TRUE(give(putCall("k", "v")).ok());
  door_.attach(nullptr);
  clients_.answer(clients_.puts[0], FakeClientService::applied());
  EXPECT_TRUE(replies_.frames.empty());
  EXPECT_EQ(door_.operations(), 0U);
}

}  // namespace
}  // namespace henge::wire
