// Ends, resets, silence, power.
#include <gtest/gtest.h>
#include <set>

#include "tests/sim/net/net_world.h"

namespace henge::sim {
namespace {

TEST(SimClose, TheEndComesAfterTheLastByte) {
  NetWorld world;
  world.connect();
  world.dialled().write("last words");
  world.client->dialled.reset();
  world.settle();
  EXPECT_EQ(world.accepted().received, "last words");
  EXPECT_TRUE(world.accepted().hasEnded);
  EXPECT_EQ(world.accepted().failure, "");
  world.server->accepted.clear();
  EXPECT_EQ(world.net.counters().streamsOpen, 0u);
}

TEST(SimClose, WithUnreadBytesTheOtherSideIsReset) {
  NetWorld world;
  world.server->reads = false;
  world.connect();
  world.dialled().write("nobody reads this");
  world.settle();
  world.server->accepted.clear();
  world.settle();
  EXPECT_FALSE(world.dialled().hasEnded);
  EXPECT_EQ(world.dialled().failure, "connection reset");
  EXPECT_EQ(world.net.counters().resets, 1u);
}

// What was written just before such a close arrives or is lost, all or nothing.
TEST(SimClose, WithUnreadBytesTheAnswerMayBeLost) {
  std::set<Bytes> seen;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    NetWorld world(seed, {.chunkPercent = 0});
    world.server->reads = false;
    world.connect();
    world.dialled().write("question");
    world.settle();
    world.accepted().write("answer");
    world.server->accepted.clear();
    world.settle();
    seen.insert(world.dialled().received);
    EXPECT_EQ(world.dialled().failure, "connection reset");
  }
  EXPECT_EQ(seen, (std::set<Bytes>{"", "answer"}));
}

TEST(SimClose, WhoWritesToAClosedEndIsReset) {
  NetWorld world;
  world.client->reads = false;
  world.connect();
  world.server->accepted.clear();
  world.settle();
  world.dialled().write("too late");
  EXPECT_EQ(world.dialled().failure, "") << "it is not known yet";
  world.settle();
  world.dialled().write("again");
  EXPECT_EQ(world.dialled().failure, "connection reset");
}

TEST(SimClose, ADeadProcessIsNotCalledAndItsPeersSeeTheEnd) {
  NetWorld world;
  world.connect();
  world.dialled().write("on its way");
  world.server.reset();
  world.settle();
  EXPECT_TRUE(world.dialled().hasEnded || !world.dialled().failure.empty());
  world.startServer();
  world.connect();
}

TEST(SimCut, BytesAreHeldAndComeAfterTheHealing) {
  NetWorld world;
  world.connect();
  world.dialled().write("sent before, ");
  world.net.setCut(world.a, world.b, true);
  world.dialled().write("sent while cut");
  world.accepted().write("the other way");
  world.settle();
  EXPECT_EQ(world.accepted().received, "");
  EXPECT_EQ(world.dialled().received, "the other way") << "one way only";
  world.net.setCut(world.a, world.b, false);
  world.settle();
  EXPECT_EQ(world.accepted().received, "sent before, sent while cut");
}

TEST(SimCut, TheEndIsHeldToo) {
  NetWorld world;
  world.connect();
  world.net.setCut(world.a, world.b, true);
  world.client->dialled.reset();
  world.settle();
  EXPECT_FALSE(world.accepted().hasEnded);
  world.net.setCut(world.a, world.b, false);
  world.settle();
  EXPECT_TRUE(world.accepted().hasEnded);
}

TEST(SimReset, BothEndsFailAndTheTailIsLost) {
  NetWorld world;
  world.connect();
  world.dialled().write("arrived");
  world.settle();
  world.dialled().write("lost");
  world.net.resetStreams(world.b, world.a);
  world.settle();
  EXPECT_EQ(world.accepted().received, "arrived");
  EXPECT_EQ(world.accepted().failure, "connection reset");
  EXPECT_EQ(world.dialled().failure, "connection reset");
  EXPECT_EQ(world.net.counters().resets, 2u);
  world.client->dialled.reset();
  world.server->accepted.clear();
  EXPECT_EQ(world.net.counters().streamsOpen, 0u);
}

TEST(SimReset, ABlockedWriterIsToldToo) {
  NetWorld world(1, {.windowBytes = 10});
  world.server->reads = false;
  world.client->reads = false;
  world.connect();
  world.dialled().write(Bytes(20, 'x'));
  world.settle();
  ASSERT_TRUE(world.dialled().isBlocked);
  world.net.resetStreams(world.a, world.b);
  world.settle();
  EXPECT_EQ(world.dialled().failure, "connection reset");
}

TEST(SimSilence, NothingArrivesAndNobodyIsTold) {
  NetWorld world(1, {.windowBytes = 100});
  world.connect();
  world.dialled().write("lost");
  world.net.breakSilently(world.a, world.b);
  world.dialled().write(Bytes(200, 'x'));
  world.accepted().write("also lost");
  world.settle();
  EXPECT_EQ(world.accepted().received, "");
  EXPECT_EQ(world.dialled().received, "");
  EXPECT_EQ(world.dialled().unsent.size(), 104u) << "the window fills and stays full";
  world.client->dialled.reset();
  world.settle();
  EXPECT_FALSE(world.accepted().hasEnded);
  EXPECT_EQ(world.accepted().failure, "");
  world.server->accepted.clear();
  EXPECT_EQ(world.net.counters().streamsOpen, 0u);
  world.connect();
}

TEST(SimSilence, AStopMidFrameLetsAProperPrefixThrough) {
  std::set<std::size_t> lengths;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    NetWorld world(seed);
    world.connect();
    world.dialled().write("before");
    world.net.stopMidFrame(world.a, world.b);
    world.dialled().write("abcdefgh");
    world.dialled().write("never");
    world.settle();
    const Bytes& received = world.accepted().received;
    ASSERT_EQ(received, Bytes("beforeabcdefgh").substr(0, received.size()));
    lengths.insert(received.size() - 6);
    world.accepted().write("z");
    world.settle();
    EXPECT_EQ(world.dialled().received, "") << "the only proper prefix of one byte";
  }
  EXPECT_EQ(lengths, (std::set<std::size_t>{1, 2, 3, 4, 5, 6, 7}));
}

TEST(SimSilence, AHostMayAcceptAndNeverRead) {
  NetWorld world(1, {.windowBytes = 100});
  world.net.acceptButNeverRead(world.b, true);
  world.connect();
  world.dialled().write(Bytes(300, 'x'));
  world.accepted().write("it can talk");
  world.settle();
  EXPECT_EQ(world.accepted().received, "");
  EXPECT_EQ(world.dialled().unsent.size(), 200u);
  EXPECT_EQ(world.dialled().received, "it can talk");
  world.net.acceptButNeverRead(world.b, false);
  world.settle();
  EXPECT_EQ(world.accepted().received, Bytes(300, 'x'));
}

void cutPowerOfServer(NetWorld& world) {
  world.net.powerOff(world.b);
  world.server.reset();
}

TEST(SimPower, OffIsSilenceAndOnceOnTheOldStreamIsReset) {
  NetWorld world;
  world.connect();
  cutPowerOfServer(world);
  world.dialled().write("anybody there?");
  world.loop.runFor(60_s);
  EXPECT_FALSE(world.dialled().hasEnded);
  EXPECT_EQ(world.dialled().failure, "");
  world.net.powerOn(world.b);
  world.settle();
  EXPECT_EQ(world.dialled().failure, "connection reset");
  world.client->dialled.reset();
  EXPECT_EQ(world.net.counters().streamsOpen, 0u);
}

TEST(SimPower, AnIdleStreamNeverLearnsOfIt) {
  NetWorld world;
  world.connect();
  cutPowerOfServer(world);
  world.net.powerOn(world.b);
  world.startServer();
  world.settle();
  EXPECT_FALSE(world.dialled().hasEnded);
  EXPECT_EQ(world.dialled().failure, "");
  world.dialled().write("half open");
  world.settle();
  EXPECT_EQ(world.dialled().failure, "connection reset");
  EXPECT_TRUE(world.server->accepted.empty());
}

TEST(SimPower, DialsOfAHostThatIsOffAreAnsweredWhenItIsOn) {
  NetWorld world;
  cutPowerOfServer(world);
  world.client->dial(world.address);
  world.settle();
  EXPECT_FALSE(world.client->dialled);
  EXPECT_EQ(world.client->dialError, "");
  world.net.powerOn(world.b);
  world.settle();
  EXPECT_EQ(world.client->dialError, "connection refused") << "on, and nothing runs there";
  world.startServer();
  world.connect();
}

TEST(SimPower, WhatHadLeftTheHostMayArrive) {
  std::set<Bytes> seen;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    NetWorld world(seed, {.chunkPercent = 0});
    world.connect();
    world.accepted().write("one ");
    world.accepted().write("two");
    cutPowerOfServer(world);
    world.settle();
    EXPECT_FALSE(world.dialled().hasEnded);
    seen.insert(world.dialled().received);
  }
  EXPECT_EQ(seen, (std::set<Bytes>{"", "one ", "one two"}));
}

// Bytes both ways, and one fault or none.
void stepAtRandom(NetWorld& world, Chance& chance) {
  TestProcess& client = *world.client;
  const bool dials = !client.attempt && (!client.dialled || chance.oneIn(4));
  if (dials) client.dial(world.address);
  world.loop.runFor(chance.between(0_us, 800_us));
  if (client.dialled) client.dialled->write(Bytes(chance.below(400), 'x'));
  for (const auto& stream : world.server->accepted) stream->write(Bytes(chance.below(90), 'y'));
  switch (chance.below(20)) {
    case 0:
      return world.net.resetStreams(world.a, world.b);
    case 1:
      return world.net.breakSilently(world.a, world.b);
    case 2:
      return world.net.stopMidFrame(world.a, world.b);
    case 3:
      return world.net.setCut(world.a, world.b, chance.oneIn(3));
    case 4:
      return world.net.setCut(world.b, world.a, chance.oneIn(3));
    case 5:
      return world.net.acceptButNeverRead(world.b, chance.oneIn(2));
    case 6:
      return client.attempt.reset();
    case 7:
      return client.dialled.reset();
    case 8:
      return world.server->accepted.clear();
    case 9:
      return world.startServer();
    case 10:
      return world.server->timers.pause();
    case 11:
      return world.server->timers.resume();
    case 12:
      cutPowerOfServer(world);
      world.loop.runFor(chance.between(0_us, 600_us));
      world.net.powerOn(world.b);
      return world.startServer();
    case 13:
      return world.net.setClog(world.a, world.b, 1_ms, world.loop.now() + 2_ms);
    default:
      return;
  }
}

// Any fault at any moment: no stream and no timer is left behind once no process has an end.
TEST(SimFaults, AnyOrderLeavesNothingBehind) {
  NetCounters sum;
  for (std::uint64_t seed = 1; seed <= 1000; ++seed) {
    SCOPED_TRACE(seed);
    Chance chance(seed);
    NetWorld world(seed, {.windowBytes = 300});
    for (int n = 0; n < 60; ++n) stepAtRandom(world, chance);
    world.server.reset();
    world.client.reset();
    world.net.setCut(world.a, world.b, false);
    world.net.setCut(world.b, world.a, false);
    world.loop.runFor(60_s);
    EXPECT_EQ(world.net.counters().streamsOpen, 0u);
    EXPECT_TRUE(world.loop.idle());
    sum.streamsEver += world.net.counters().streamsEver;
    sum.deliveries += world.net.counters().deliveries;
    sum.resets += world.net.counters().resets;
  }
  EXPECT_GT(sum.streamsEver, 5'000u);
  EXPECT_GT(sum.deliveries, 10'000u);
  EXPECT_GT(sum.resets, 1'000u);
}

}  // namespace
}  // namespace henge::sim
