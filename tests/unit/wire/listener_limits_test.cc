// The limits and deadlines of a listener, each met by a client that breaks it.
#include <gtest/gtest.h>

#include "tests/unit/wire/allocation_meter.h"
#include "tests/unit/wire/listening.h"
#include "tests/unit/wire/messages.h"

namespace henge::wire {
namespace {

TEST(ListenerLimits, turnsAwayWhoIsOneTooMany) {
  ListenerOptions options = listenerOptions();
  options.connectionsMax = 2;
  Listening at(options);
  at.clients.answersAtOnce = true;
  RawClient first = at.connect();
  RawClient second = at.connect();
  ASSERT_TRUE(at.loop.runUntil([&] { return at.listener.connections() == 2; }));
  RawClient third = at.connect();
  ASSERT_TRUE(at.loop.runUntil([&] { return third.isEnded(); }));
  EXPECT_TRUE(at.events.mentions("connectionsMax"));
  EXPECT_EQ(at.listener.counters().refused, 1U);
  second.send(getCall("k"));
  ASSERT_TRUE(at.loop.runUntil([&] { return second.frames().size() == 1; }));
  first.close();
  ASSERT_TRUE(at.loop.runUntil([&] { return at.listener.connections() == 1; }));
  RawClient fourth = at.connect();
  fourth.send(getCall("k"));
  EXPECT_TRUE(at.loop.runUntil([&] { return fourth.frames().size() == 1; }));
}

TEST(ListenerLimits, closesWhoDoesNotFinishALength) {
  ListenerOptions options = listenerOptions();
  options.headerDeadline = 50_ms;
  Listening at(options);
  RawClient client = at.connect();
  client.send(Bytes(2, '\0'));
  ASSERT_TRUE(at.loop.runUntil([&] { return client.isEnded(); }));
  EXPECT_TRUE(at.events.mentions("the first four bytes of a message did not arrive within 50 ms"));
}

TEST(ListenerLimits, closesWhoDoesNotFinishABodyHoweverSteadilyItDrips) {
  ListenerOptions options = listenerOptions();
  options.bodyDeadline = 50_ms;
  Listening at(options);
  RawClient client = at.connect();
  client.send(putCall("k", Bytes(100'000, 'v')).substr(0, 100));
  ASSERT_TRUE(at.loop.runUntil([&] {
    client.send("v");
    return client.isEnded();
  }));
  EXPECT_TRUE(at.events.mentions("a message did not arrive within 50 ms"));
}

TEST(ListenerLimits, closesTheIdleWithoutALine) {
  ListenerOptions options = listenerOptions();
  options.idleDeadline = 40_ms;
  Listening at(options);
  RawClient client = at.connect();
  ASSERT_TRUE(at.loop.runUntil([&] { return client.isEnded(); }));
  EXPECT_TRUE(at.events.lines.empty());
}

TEST(ListenerLimits, keepsTheIdleThatIsOwedAnAnswer) {
  ListenerOptions options = listenerOptions();
  options.idleDeadline = 5_s;
  Listening at(options);
  RawClient client = at.connect();
  client.send(getCall("k"));
  ASSERT_TRUE(at.loop.runUntil([&] { return at.clients.gets.size() == 1; }));
  at.loop.advance(3600_s);
  at.loop.runRounds(20);
  EXPECT_EQ(at.listener.connections(), 1U);
  at.clients.answer(at.clients.gets[0], FakeClientService::found("k", "v"));
  EXPECT_TRUE(at.loop.runUntil([&] { return client.frames().size() == 1; }));
}

TEST(ListenerLimits, closesWhoTakesNoneOfItsAnswers) {
  ListenerOptions options = listenerOptions();
  options.bodyDeadline = 100_ms;
  Listening at(options);
  at.clients.answersAtOnce = true;
  at.clients.held["k"] = Bytes(8 << 20, 'v');
  RawClient client = at.connect();
  client.send(getCall("k", 1) + getCall("k", 2) + getCall("k", 3));
  ASSERT_TRUE(at.loop.runUntil([&] { return at.listener.counters().connections == 1; }));
  ASSERT_TRUE(at.loop.runUntil([&] { return at.listener.connections() == 0; }));
  EXPECT_TRUE(at.events.mentions("took nothing of its answers"));
}

TEST(ListenerLimits, takesNoMoreRequestsThanMayBeInFlight) {
  ListenerOptions options = listenerOptions();
  options.requestsInFlightMax = 3;
  Listening at(options);
  RawClient client = at.connect();
  Bytes requests;
  for (int i = 0; i < 10; ++i) requests += getCall("k", i);
  client.send(requests);
  ASSERT_TRUE(at.loop.runUntil([&] { return at.clients.gets.size() == 3; }));
  at.loop.runRounds(20);
  EXPECT_EQ(at.clients.gets.size(), 3U);
  for (std::size_t answered = 0; answered < 10; ++answered) {
    ASSERT_TRUE(at.loop.runUntil([&] { return at.clients.gets.size() > answered; }));
    EXPECT_LE(at.clients.gets.size(), answered + 3);
    at.clients.answer(at.clients.gets[answered], FakeClientService::found("k", "v"));
  }
  EXPECT_TRUE(at.loop.runUntil([&] { return client.frames().size() == 10; }));
}

TEST(ListenerLimits, answersOverloadedWhatHasNoRoomToWaitIn) {
  ListenerOptions options = listenerOptions();
  options.outputBytesMax = 9 << 20;
  Listening at(options);
  at.clients.answersAtOnce = true;
  at.clients.held["k"] = Bytes(8 << 20, 'v');
  RawClient client = at.connect();
  constexpr std::size_t requests = 40;
  for (std::size_t i = 0; i < requests; ++i) client.send(getCall("k", 1));
  const AllocationMeter meter;
  ASSERT_TRUE(at.loop.runUntil([&] { return at.listener.counters().framesIn == requests; }));
  EXPECT_LT(meter.peakBytes(), 40U << 20);
  ASSERT_TRUE(at.loop.runUntil([&] { return client.frames().size() == requests; }));
  std::size_t values = 0;
  std::size_t overloaded = 0;
  for (const Bytes& frame : client.frames()) {
    const auto answer = answerIn<thrift::Store_get_result>(frame);
    ASSERT_NE(answer, nullptr);
    values += answer->__isset.success;
    overloaded += answer->__isset.overloaded;
  }
  EXPECT_EQ(values + overloaded, requests);
  EXPECT_GT(values, 0U);
  EXPECT_GT(overloaded, 0U);
}

// Small answers nobody reads: at the limit nothing more is taken, and in the end the kernel takes
// no more of the client either.
TEST(ListenerLimits, readsNoFurtherWhileTooMuchWaitsToBeSent) {
  ListenerOptions options = listenerOptions();
  options.frameBytesMax = 70'000;
  options.outputBytesMax = 70'000;
  Listening at(options);
  at.clients.answersAtOnce = true;
  RawClient client(at.listener.port(), 16'384);
  const Bytes put = putCall("k", Bytes(50, 'v'));
  Bytes puts;
  for (int i = 0; i < 1000; ++i) puts += put;
  std::size_t sent = 0;
  for (int stalled = 0; stalled < 50;) {
    const std::size_t now = client.send(BytesView(puts).substr(sent % puts.size()));
    sent += now;
    stalled = now == 0 ? stalled + 1 : 0;
    ASSERT_LT(sent, 256U << 20);
    at.loop.runRounds(2);
  }
  ASSERT_LT(at.listener.counters().framesIn, sent / put.size());
  const std::size_t whole = sent / put.size();
  ASSERT_TRUE(at.loop.runUntil([&] {
    client.poll();
    return at.listener.counters().framesOut == whole;
  }));
}

TEST(ListenerLimits, countsADeadlineFromTheFirstByteOfItsFrame) {
  Listening at;
  RawClient client = at.connect();
  const MonoTime before = at.loop.now();
  const Bytes call = getCall("k");
  client.send(call.substr(0, 2));
  ASSERT_TRUE(at.loop.runUntil([&] { return at.listener.counters().bytesIn == 2; }));
  const MonoTime after = at.loop.now();
  at.loop.advance(1_s);
  client.send(call.substr(2));
  ASSERT_TRUE(at.loop.runUntil([&] { return at.clients.gets.size() == 1; }));
  EXPECT_GE(at.clients.gets[0].request.context.deadline, before + 2_s);
  EXPECT_LE(at.clients.gets[0].request.context.deadline, after + 2_s);
}

}  // namespace
}  // namespace henge::wire
