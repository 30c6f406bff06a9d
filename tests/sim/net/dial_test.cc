// Dials: answered, refused, or met with silence.
#include <gtest/gtest.h>

#include "tests/sim/net/net_world.h"

namespace henge::sim {
namespace {

TEST(SimDial, WhereNobodyListensItIsRefused) {
  NetWorld world;
  world.client->dial({"b", 8});
  EXPECT_EQ(world.client->dialError, "") << "never inside the call";
  world.settle();
  EXPECT_EQ(world.client->dialError, "connection refused");
  EXPECT_EQ(world.net.counters().streamsOpen, 0u);
}

TEST(SimDial, AHostThatRefusesDialsKeepsItsStreams) {
  NetWorld world;
  world.connect();
  const auto kept = std::move(world.client->dialled);
  world.net.refuseDials(world.b, true);
  world.client->dial(world.address);
  world.settle();
  EXPECT_EQ(world.client->dialError, "connection refused");
  kept->write("still here");
  world.settle();
  EXPECT_EQ(world.accepted().received, "still here");
  world.net.refuseDials(world.b, false);
  world.connect();
}

TEST(SimDial, AnUnknownNameFails) {
  NetWorld world;
  world.client->dial({"nowhere", 7});
  world.settle();
  EXPECT_EQ(world.client->dialError, "the host name is not known");
  EXPECT_EQ(world.net.counters().streamsOpen, 0u);
}

TEST(SimDial, ThroughACutThereIsSilenceUntilItHeals) {
  NetWorld world;
  world.net.setCut(world.a, world.b, true);
  world.client->dial(world.address);
  world.loop.runFor(60_s);
  EXPECT_FALSE(world.client->dialled);
  EXPECT_EQ(world.client->dialError, "");
  EXPECT_TRUE(world.server->accepted.empty());
  world.net.setCut(world.a, world.b, false);
  world.settle();
  EXPECT_TRUE(world.client->dialled);
  EXPECT_EQ(world.server->accepted.size(), 1u);
}

TEST(SimDial, ThroughACutOfTheWayBackNothingIsAccepted) {
  NetWorld world;
  world.net.setCut(world.b, world.a, true);
  world.client->dial(world.address);
  world.settle();
  EXPECT_FALSE(world.client->dialled);
  EXPECT_TRUE(world.server->accepted.empty());
  world.net.setCut(world.b, world.a, false);
  world.settle();
  EXPECT_TRUE(world.client->dialled);
  EXPECT_EQ(world.server->accepted.size(), 1u);
}

TEST(SimDial, OneThatWasGivenUpIsForgotten) {
  NetWorld world;
  world.net.setCut(world.b, world.a, true);
  world.client->dial(world.address);
  world.settle();
  world.client->attempt.reset();
  EXPECT_EQ(world.net.counters().streamsOpen, 0u);
  world.net.setCut(world.b, world.a, false);
  world.settle();
  EXPECT_FALSE(world.client->dialled);
  EXPECT_TRUE(world.server->accepted.empty());
}

// The answer has come, but the process does not know: its kernel ends the stream.
TEST(SimDial, OneThatIsGivenUpTooLateIsAcceptedAndEnds) {
  NetWorld world;
  world.client->timers.pause();
  world.client->dial(world.address);
  world.settle();
  world.client->attempt.reset();
  world.client->timers.resume();
  world.settle();
  EXPECT_FALSE(world.client->dialled);
  ASSERT_EQ(world.server->accepted.size(), 1u);
  EXPECT_TRUE(world.accepted().hasEnded);
}

TEST(SimDial, APortIsListenedOnOnce) {
  NetWorld world;
  TestProcess& other = *world.client;
  const auto again = world.server->network->listen(world.address, other);
  ASSERT_FALSE(again.ok());
  EXPECT_EQ(again.error().kind, ErrorKind::alreadyExists);
  EXPECT_EQ(again.error().message, "port 7 on b is in use");
  const auto elsewhere = world.server->network->listen({"a", 9}, other);
  ASSERT_FALSE(elsewhere.ok());
  EXPECT_EQ(elsewhere.error().message, "cannot listen on a:9: a is not an address of this machine");
}

TEST(SimDial, PortZeroIsAFreePort) {
  NetWorld world;
  TestProcess other(world.net, world.timers.emplace_back(world.loop), world.b);
  other.listen({"0.0.0.0", 0});
  EXPECT_GT(other.port->number(), 32'767);
  world.client->dial({"b", other.port->number()});
  world.settle();
  EXPECT_TRUE(world.client->dialled);
  EXPECT_EQ(other.accepted.size(), 1u);
}

TEST(SimDial, AFullBacklogPutsOff) {
  NetWorld world(1, {.backlogMax = 2});
  world.server->timers.pause();
  std::vector<std::unique_ptr<TestProcess>> clients;
  for (int n = 0; n < 4; ++n) {
    clients.push_back(world.start(world.a));
    clients.back()->dial(world.address);
  }
  world.settle();
  for (const auto& client : clients) client->dialled->write("hello");
  world.settle();
  EXPECT_EQ(world.net.counters().deliveries, 2u) << "the others are not connected at b";
  world.server->timers.resume();
  world.settle();
  ASSERT_EQ(world.server->accepted.size(), 4u);
  for (const auto& accepted : world.server->accepted) EXPECT_EQ(accepted->received, "hello");
}

TEST(SimDial, WhoWaitsAtAPortThatIsClosedIsReset) {
  NetWorld world;
  world.server->timers.pause();
  world.client->dial(world.address);
  world.settle();
  world.server->port.reset();
  world.server->timers.resume();
  world.settle();
  EXPECT_TRUE(world.server->accepted.empty());
  EXPECT_EQ(world.dialled().failure, "connection reset");
  world.client->dial(world.address);
  world.settle();
  EXPECT_EQ(world.client->dialError, "connection refused");
}

}  // namespace
}  // namespace henge::sim
