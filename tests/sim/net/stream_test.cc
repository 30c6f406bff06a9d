// Bytes: in order, in pieces, no more than the window holds.
#include <gtest/gtest.h>

#include "tests/sim/net/net_world.h"
#include "tests/sim/net/stream_table.h"

namespace henge::sim {
namespace {

Bytes someBytes(Chance& chance, std::int64_t bytesMax) {
  Bytes bytes(static_cast<std::size_t>(chance.between(0, bytesMax)), '\0');
  for (char& byte : bytes) byte = static_cast<char>(chance.below(256));
  return bytes;
}

NetOptions someOptions(Chance& chance) {
  NetOptions options;
  options.windowBytes = static_cast<std::uint32_t>(chance.byMagnitude(1, 100'000));
  options.chunkPercent = static_cast<int>(chance.between(0, 100));
  if (chance.oneIn(2)) options.link.bytesPerSecond = chance.byMagnitude(1000, 1'000'000);
  return options;
}

TEST(SimStream, BytesArriveInOrderWhateverThePieces) {
  std::uint64_t deliveries = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(seed);
    Chance chance(seed);
    NetWorld world(seed, someOptions(chance));
    world.connect();
    Bytes there, back;
    for (int n = 0; n < 40; ++n) {
      const Bytes more = someBytes(chance, 300);
      there += more;
      world.dialled().write(more);
      const Bytes answer = someBytes(chance, 300);
      back += answer;
      world.accepted().write(answer);
      world.loop.runFor(chance.between(0_us, 400_us));
    }
    world.loop.runFor(600_s);
    ASSERT_EQ(world.accepted().received, there);
    ASSERT_EQ(world.dialled().received, back);
    EXPECT_EQ(world.net.counters().bytesDelivered, there.size() + back.size());
    EXPECT_TRUE(world.loop.idle());
    deliveries += world.net.counters().deliveries;
  }
  EXPECT_GT(deliveries, 200u * 80u);
}

TEST(SimStream, ALargeWriteArrivesInSeveralPieces) {
  NetWorld world(1, {.chunkPercent = 100});
  world.connect();
  world.dialled().write(Bytes(10'000, 'x'));
  world.settle();
  EXPECT_EQ(world.accepted().received, Bytes(10'000, 'x'));
  EXPECT_GT(world.net.counters().deliveries, 2u);
}

TEST(SimStream, StreamsOfOnePairOvertakeEachOther) {
  NetWorld world;
  int overtaken = 0;
  for (int n = 0; n < 20; ++n) {
    world.connect();
    const auto first = std::move(world.client->dialled);
    TestStream& atServer = world.accepted();
    world.connect();
    first->write("first");
    world.dialled().write("second");
    world.loop.runUntil(
        [&] { return !atServer.received.empty() || !world.accepted().received.empty(); });
    if (atServer.received.empty()) ++overtaken;
    world.settle();
    EXPECT_EQ(atServer.received, "first");
  }
  EXPECT_GT(overtaken, 2);
  EXPECT_LT(overtaken, 18);
}

TEST(SimStream, AWriterWithoutRoomIsToldWhenTheReaderHasTakenSome) {
  NetWorld world(1, {.windowBytes = 100});
  world.server->reads = false;
  world.connect();
  world.dialled().write(Bytes(60, 'a') + Bytes(90, 'b'));
  world.settle();
  EXPECT_EQ(world.dialled().unsent.size(), 50u);
  EXPECT_EQ(world.dialled().writables, 0);

  EXPECT_TRUE(world.accepted().read(10));
  world.settle();
  EXPECT_EQ(world.dialled().writables, 0) << "ten bytes are worth no packet";

  EXPECT_TRUE(world.accepted().read(80));
  world.settle();
  EXPECT_EQ(world.dialled().writables, 1);
  EXPECT_TRUE(world.dialled().unsent.empty());
  while (world.accepted().read()) {
  }
  EXPECT_EQ(world.accepted().received, Bytes(60, 'a') + Bytes(90, 'b'));
}

TEST(SimStream, OneWishIsOneEvent) {
  NetWorld world;
  world.server->reads = false;
  world.connect();
  world.accepted().socket->awaitReadable();
  EXPECT_FALSE(world.accepted().read()) << "nothing yet";
  world.dialled().write("x");
  world.settle();
  EXPECT_EQ(world.accepted().received, "x");
  EXPECT_EQ(world.accepted().readCalls, 3)
      << "one in vain, one for the byte, one to see there is no more";

  world.dialled().socket->awaitWritable();
  EXPECT_EQ(world.dialled().writables, 0) << "never inside the call";
  world.settle();
  EXPECT_EQ(world.dialled().writables, 1);
}

TEST(SimStream, ALimitedLinkTakesItsTime) {
  NetWorld world;
  world.net.setQuality(world.a, world.b,
                       {.delayMin = 1_ms, .delayMean = 0_us, .bytesPerSecond = 1000});
  world.connect();
  const MonoTime begin = world.loop.now();
  world.dialled().write(Bytes(3000, 'x'));
  ASSERT_TRUE(world.loop.runUntil([&] { return world.accepted().received.size() == 3000; }));
  EXPECT_EQ(world.loop.now() - begin, 3001_ms);
}

TEST(SimStream, AClogDelaysWhatIsSentMeanwhile) {
  NetWorld world;
  world.connect();
  world.net.setClog(world.a, world.b, 2_s, world.loop.now() + 1_s);
  world.dialled().write("late");
  world.loop.runFor(1900_ms);
  EXPECT_EQ(world.accepted().received, "");
  world.dialled().write(" after it");
  world.loop.runFor(50_ms);
  EXPECT_EQ(world.accepted().received, "") << "in order";
  world.settle();
  EXPECT_EQ(world.accepted().received, "late after it");
}

TEST(SimStream, APausedProcessHearsOfItWhenItGoesOn) {
  NetWorld world;
  world.connect();
  world.server->timers.pause();
  world.dialled().write("while paused");
  world.client->dial(world.address);
  world.settle();
  EXPECT_EQ(world.accepted().received, "");
  EXPECT_EQ(world.server->accepted.size(), 1u);
  EXPECT_TRUE(world.client->dialled) << "the host's kernel answers";
  world.server->timers.resume();
  world.settle();
  EXPECT_EQ(world.server->accepted.size(), 2u);
  EXPECT_EQ(world.server->accepted.front()->received, "while paused");
}

TEST(SimStream, PeersAreNamedByHostAndPort) {
  NetWorld world;
  world.connect();
  EXPECT_EQ(world.dialled().socket->peerName(), "b:7");
  EXPECT_EQ(world.accepted().socket->peerName(), "a:32768");
}

TEST(SimStream, AnIdleStreamCostsLittle) {
  EXPECT_LE(sizeof(Stream), 128u) << "and two sockets of 48";
  Pipe pipe;
  const BytesView chunk = "bytes";
  EXPECT_EQ(pipe.append(std::span(&chunk, 1), 3), 3u);
  pipe.send(Packet::data, MonoTime{1}, 3);
  EXPECT_EQ(pipe.arrive().bytes, "byt");
  Bytes space(10, '?');
  EXPECT_EQ(pipe.read(space), 3u);
  EXPECT_EQ(pipe.outstanding(), 0u);
  EXPECT_FALSE(pipe.isOnWire());
}

std::uint64_t traceOf(std::uint64_t seed) {
  Chance chance(seed);
  NetWorld world(seed, someOptions(chance));
  for (int n = 0; n < 30; ++n) {
    world.connect();
    world.dialled().write(someBytes(chance, 1000));
    world.accepted().write(someBytes(chance, 1000));
    world.loop.runFor(chance.between(0_us, 400_us));
    if (chance.oneIn(5)) world.net.resetStreams(world.a, world.b);
    if (chance.oneIn(5)) world.net.stopMidFrame(world.a, world.b);
  }
  return world.trace.value;
}

TEST(SimStream, OneSeedIsOneTrace) {
  EXPECT_EQ(traceOf(1), traceOf(1));
  EXPECT_NE(traceOf(1), traceOf(2));
}

}  // namespace
}  // namespace henge::sim
