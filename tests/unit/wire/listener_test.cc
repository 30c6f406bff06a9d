#include "wire/listener.h"

#include <gtest/gtest.h>

#include "tests/unit/wire/listening.h"
#include "tests/unit/wire/messages.h"

namespace henge::wire {
namespace {

std::vector<std::int32_t> seqidsOf(const std::vector<Bytes>& frames) {
  std::vector<std::int32_t> out;
  for (const Bytes& frame : frames) out.push_back(headOf(frame).seqid);
  return out;
}

TEST(Listener, answersAFrameGivenByteByByte) {
  Listening at;
  at.clients.answersAtOnce = true;
  RawClient client = at.connect();
  for (const char byte : putCall("key", "value", 3)) {
    client.send(BytesView(&byte, 1));
    at.loop.runRounds(2);
  }
  ASSERT_TRUE(at.loop.runUntil([&] { return client.frames().size() == 1; }));
  EXPECT_EQ(seqidsOf(client.frames()), (std::vector<std::int32_t>{3}));
  EXPECT_EQ(at.clients.held.at("key"), "value");
}

TEST(Listener, answersFramesSplitAtEveryPoint) {
  Listening at;
  at.clients.answersAtOnce = true;
  const Bytes stream = getCall("a", 1) + getCall("a", 2, Encoding::compact);
  RawClient client = at.connect();
  for (std::size_t split = 1; split < stream.size(); ++split) {
    client.send(stream.substr(0, split));
    at.loop.runRounds(2);
    client.send(stream.substr(split));
    ASSERT_TRUE(at.loop.runUntil([&] { return client.frames().size() == 2 * split; })) << split;
  }
  EXPECT_EQ(at.events.lines.size(), 0U);
}

TEST(Listener, sendsRepliesInTheOrderOfTheirRequests) {
  Listening at;
  RawClient client = at.connect();
  client.send(getCall("slow", 5) + getCall("fast", 5) + putCall("k", "v", 6));
  ASSERT_TRUE(at.loop.runUntil([&] { return at.clients.puts.size() == 1; }));
  at.clients.answer(at.clients.puts[0], FakeClientService::applied());
  at.clients.answer(at.clients.gets[1], FakeClientService::found("fast", "second"));
  at.loop.runRounds(5);
  EXPECT_TRUE(client.frames().empty());
  at.clients.answer(at.clients.gets[0], FakeClientService::found("slow", "first"));
  ASSERT_TRUE(at.loop.runUntil([&] { return client.frames().size() == 3; }));
  const std::vector<Bytes> frames = client.frames();
  EXPECT_EQ(seqidsOf(frames), (std::vector<std::int32_t>{5, 5, 6}));
  EXPECT_EQ(answerIn<thrift::Store_get_result>(frames[0])->success.value, "first");
  EXPECT_EQ(answerIn<thrift::Store_get_result>(frames[1])->success.value, "second");
}

TEST(Listener, letsRepliesOvertakeOnceHelloHasSaidSo) {
  Listening at;
  RawClient client = at.connect();
  client.send(helloCall(true, 1) + getCall("slow", 2) + getCall("fast", 3));
  ASSERT_TRUE(at.loop.runUntil([&] { return at.clients.gets.size() == 2; }));
  at.clients.answer(at.clients.gets[1], FakeClientService::found("fast", "v"));
  ASSERT_TRUE(at.loop.runUntil([&] { return client.frames().size() == 2; }));
  at.clients.answer(at.clients.gets[0], FakeClientService::found("slow", "v"));
  ASSERT_TRUE(at.loop.runUntil([&] { return client.frames().size() == 3; }));
  EXPECT_EQ(seqidsOf(client.frames()), (std::vector<std::int32_t>{1, 3, 2}));
}

TEST(Listener, sendsTheAnswersOfARoundInOneWrite) {
  Listening at;
  RawClient client = at.connect();
  Bytes requests;
  for (int i = 0; i < 100; ++i) requests += getCall("k", i);
  client.send(requests);
  ASSERT_TRUE(at.loop.runUntil([&] { return at.clients.gets.size() == 100; }));
  const std::uint64_t before = at.listener.counters().writes;
  for (const auto& get : at.clients.gets) {
    at.clients.answer(get, FakeClientService::found("k", "v"));
  }
  ASSERT_TRUE(at.loop.runUntil([&] { return client.frames().size() == 100; }));
  EXPECT_EQ(at.listener.counters().writes, before + 1);
  EXPECT_EQ(at.listener.counters().framesIn, 100U);
  EXPECT_EQ(at.listener.counters().framesOut, 100U);
}

TEST(Listener, carriesTwoHundredMebibytesThroughOneConnection) {
  Listening at;
  at.clients.answersAtOnce = true;
  RawClient client = at.connect();
  const Bytes put = putCall("k", Bytes(1 << 20, 'v'), 1);
  for (int i = 1; i <= 200; ++i) {
    BytesView rest = put;
    ASSERT_TRUE(at.loop.runUntil([&] {
      rest.remove_prefix(client.send(rest));
      return rest.empty();
    }));
    ASSERT_TRUE(at.loop.runUntil([&] { return client.frames().size() == std::size_t(i); })) << i;
  }
  EXPECT_GT(at.listener.counters().bytesIn, 200U << 20);
}

TEST(Listener, sendsLargeAnswersToASlowReader) {
  Listening at;
  at.clients.answersAtOnce = true;
  at.clients.held["k"] = Bytes(6 << 20, 'v');
  RawClient client = at.connect();
  client.send(getCall("k", 1) + getCall("k", 2));
  at.loop.runRounds(200);  // the kernel's buffers are full by now
  ASSERT_TRUE(at.loop.runUntil([&] { return client.frames().size() == 2; }));
  EXPECT_EQ(answerIn<thrift::Store_get_result>(client.frames()[1])->success.value.size(),
            std::size_t{6} << 20);
}

TEST(Listener, namesThePortInUse) {
  Listening at;
  ASSERT_TRUE(at.status.ok());
  ListenerOptions same = listenerOptions();
  same.address.port = at.listener.port();
  const Listening second(same);
  ASSERT_FALSE(second.status.ok());
  EXPECT_EQ(second.status.error().kind, ErrorKind::alreadyExists);
  EXPECT_EQ(second.status.error().message,
            "port " + std::to_string(same.address.port) + " on 127.0.0.1 is in use");
}

TEST(Listener, namesAnAddressThatIsNotHere) {
  ListenerOptions options = listenerOptions();
  options.address.host = "192.0.2.1";
  const Listening at(options);
  ASSERT_FALSE(at.status.ok());
  EXPECT_NE(at.status.error().message.find("192.0.2.1 is not an address of this machine"),
            std::string::npos);
}

TEST(Listener, listensByName) {
  ListenerOptions options = listenerOptions();
  options.address.host = "localhost";
  const Listening at(options);
  EXPECT_TRUE(at.status.ok());
  EXPECT_NE(at.listener.port(), 0);
}

TEST(Listener, answersWhatItOwesToOneWhoHasEndedSending) {
  Listening at;
  RawClient client = at.connect();
  client.send(getCall("k", 1));
  client.endSending();
  ASSERT_TRUE(at.loop.runUntil([&] { return at.clients.gets.size() == 1; }));
  at.loop.runRounds(5);
  EXPECT_EQ(at.listener.connections(), 1U);
  at.clients.answer(at.clients.gets[0], FakeClientService::found("k", "v"));
  ASSERT_TRUE(at.loop.runUntil([&] { return client.isEnded(); }));
  EXPECT_EQ(client.frames().size(), 1U);
  EXPECT_EQ(at.listener.connections(), 0U);
}

TEST(Listener, dropsAnswersToConnectionsThatAreGone) {
  Listening at;
  RawClient client = at.connect();
  client.send(getCall("k", 1));
  ASSERT_TRUE(at.loop.runUntil([&] { return at.clients.gets.size() == 1; }));
  client.reset();
  ASSERT_TRUE(at.loop.runUntil([&] { return at.listener.connections() == 0; }));
  at.clients.answer(at.clients.gets[0], FakeClientService::found("k", "v"));
  EXPECT_EQ(at.door.operations(), 0U);
  EXPECT_TRUE(at.listener.idle());
}

TEST(Listener, drainsWhatItOwesAndTakesNothingNew) {
  Listening at;
  RawClient owed = at.connect();
  RawClient idle = at.connect();
  owed.send(getCall("k", 1));
  ASSERT_TRUE(at.loop.runUntil(
      [&] { return at.clients.gets.size() == 1 && at.listener.connections() == 2; }));
  EXPECT_FALSE(at.listener.idle());
  at.listener.drain();
  ASSERT_TRUE(at.loop.runUntil([&] { return idle.isEnded(); }));
  owed.send(getCall("k", 2));
  at.loop.runRounds(10);
  EXPECT_EQ(at.clients.gets.size(), 1U);
  at.clients.answer(at.clients.gets[0], FakeClientService::found("k", "v"));
  ASSERT_TRUE(at.loop.runUntil([&] { return owed.isEnded(); }));
  EXPECT_EQ(owed.frames().size(), 1U);
  EXPECT_TRUE(at.listener.idle());
  EXPECT_EQ(at.listener.connections(), 0U);
}

}  // namespace
}  // namespace henge::wire
