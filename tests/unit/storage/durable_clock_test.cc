#include "server/storage/durable_clock.h"

#include <gtest/gtest.h>
#include <memory>

#include "server/storage/little_endian.h"
#include "tests/kit/fake_disk.h"
#include "tests/kit/virtual_loop.h"

namespace henge::storage {
namespace {

class ClockWorld : public ClockSink, public ports::StampSink, private ports::Events {
 public:
  Status open() {
    disk = std::make_unique<kit::FakeDisk>(files, loop, loop);
    clock = std::make_unique<DurableClock>(
        DurableClockOptions{.writer = 7, .members = 3},
        DurableClockEnvironment{*disk, loop, loop, static_cast<ports::Events&>(*this)});
    opened.reset();
    closed = false;
    clock->open(*this);
    loop.runUntil([&] { return opened.has_value(); });
    return *opened;
  }
  void die() {
    disk->kill();
    loop.forgetAll();
    files.powerCut();
    clock.reset();
  }

  // Waits for the ceiling.
  std::optional<Version> firstStamp() {
    std::optional<Version> stamp = clock->stamp();
    if (stamp) return stamp;
    clock->tellWhenReady(*this);
    const int before = ready;
    loop.runUntil([&] { return ready > before; }, 10_ms);
    return clock->stamp();
  }

  kit::VirtualLoop loop;
  kit::FakeFiles files;
  std::unique_ptr<kit::FakeDisk> disk;
  std::unique_ptr<DurableClock> clock;
  std::optional<Status> opened;
  std::vector<std::string> events;
  int ready = 0;
  bool closed = false;

 private:
  void onClockOpened(Status status) override { opened = std::move(status); }
  void onClockClosed() override { closed = true; }
  void onStampsReady() override { ++ready; }
  void note(ports::Severity, const std::string& line) override { events.push_back(line); }
};

Bytes resealed(Bytes file) {
  putU64(file, file.size() - 8, hash64(file.substr(0, file.size() - 8)));
  return file;
}

TEST(ClockFile, EveryFlippedBitAndEveryCutIsDamageAndNeverANewerFormat) {
  const Bytes whole = encodeClockCeiling(1'700'000'000'000'000);
  EXPECT_EQ(*decodeClockCeiling(whole), 1'700'000'000'000'000);
  for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
    Bytes flipped = whole;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    ASSERT_FALSE(decodeClockCeiling(flipped).ok()) << "bit " << bit;
    EXPECT_EQ(decodeClockCeiling(flipped).error().kind, ErrorKind::corrupt) << "bit " << bit;
  }
  for (std::size_t length = 0; length < whole.size(); ++length)
    EXPECT_FALSE(decodeClockCeiling(whole.substr(0, length)).ok()) << length;
  EXPECT_FALSE(decodeClockCeiling(whole + "x").ok());
}

// Longer, too: it is told from damage by the checksum at its end.
TEST(ClockFile, ANewerFormatIsNamed) {
  Bytes newer = encodeClockCeiling(5) + Bytes(100, 'n');
  newer[8] = 2;
  auto decoded = decodeClockCeiling(resealed(newer));
  ASSERT_FALSE(decoded.ok());
  EXPECT_EQ(decoded.error().kind, ErrorKind::mismatch);
  EXPECT_NE(decoded.error().message.find("format 2"), std::string::npos);

  ClockWorld world;
  world.files.put(clockPath, resealed(newer));
  EXPECT_EQ(world.open().error().kind, ErrorKind::mismatch);
}

TEST(DurableClock, TheFirstStampWaitsForOneWriteTheNextForNone) {
  ClockWorld world;
  ASSERT_TRUE(world.open().ok());
  EXPECT_EQ(world.disk->calls(kit::DiskCall::replace), 0u);
  EXPECT_FALSE(world.clock->stamp());
  auto first = world.firstStamp();
  auto second = world.clock->stamp();
  ASSERT_TRUE(first && second);
  EXPECT_LT(*first, *second);
  EXPECT_EQ(first->writer, 7u);
  EXPECT_EQ(world.disk->calls(kit::DiskCall::replace), 1u);
}

// The ceiling of an idle node lies behind the wall clock: one write, then the stamp.
TEST(DurableClock, AnIdleNodeStampsAfterOneWriteAndWritesNothingMeanwhile) {
  ClockWorld world;
  ASSERT_TRUE(world.open().ok());
  ASSERT_TRUE(world.firstStamp());
  world.ready = 0;
  world.loop.runFor(60_s);
  EXPECT_EQ(world.disk->calls(kit::DiskCall::replace), 1u);
  EXPECT_FALSE(world.clock->stamp());
  world.clock->tellWhenReady(world);
  world.clock->tellWhenReady(world);
  EXPECT_TRUE(world.loop.runUntil([&] { return world.ready > 0; }, 10_ms));
  EXPECT_EQ(world.ready, 1);
  EXPECT_TRUE(world.clock->stamp());
}

TEST(DurableClock, UnderLoadTheCeilingIsRaisedAheadOfNeed) {
  ClockWorld world;
  ASSERT_TRUE(world.open().ok());
  ASSERT_TRUE(world.firstStamp());
  for (int i = 0; i < 1000; ++i) {
    world.loop.runFor(20_ms);
    ASSERT_TRUE(world.clock->stamp()) << i;
  }
  EXPECT_LT(world.disk->calls(kit::DiskCall::replace), 60u);  // 20 s, a raise each half second
}

// A version seen from a peer that has just restarted lies above this node's ceiling.
TEST(DurableClock, WhatWasObservedAboveTheCeilingIsPassedAfterOneWrite) {
  ClockWorld world;
  ASSERT_TRUE(world.open().ok());
  const Version seen{world.loop.wall().micros + 30'000'000, 99};
  world.clock->observe(seen);
  EXPECT_FALSE(world.clock->stamp());
  world.clock->tellWhenReady(world);
  EXPECT_TRUE(world.loop.runUntil([&] { return world.ready > 0; }, 10_ms));
  EXPECT_GT(*world.clock->stamp(), seen);
}

// Restarts must not push the stamps ahead of the wall clock.
TEST(DurableClock, ACleanRestartDoesNotRunAhead) {
  ClockWorld world;
  ASSERT_TRUE(world.open().ok());
  Version last;
  for (int restart = 0; restart < 20; ++restart) {
    world.loop.runFor(10_ms);
    const auto stamp = world.firstStamp();
    ASSERT_TRUE(stamp);
    EXPECT_GT(*stamp, last);
    last = *stamp;
    world.clock->close(world);
    ASSERT_TRUE(world.loop.runUntil([&] { return world.closed; }));
    EXPECT_FALSE(world.clock->stamp());
    world.die();
    ASSERT_TRUE(world.open().ok());
  }
  EXPECT_LE(world.clock->hybridNow(), world.loop.wall().micros);
  EXPECT_GT(*world.firstStamp(), last);
}

// Else a node that crashed would, for a second, beat what others stamp later by the same time.
TEST(DurableClock, AfterACrashStampsWaitUntilTheWallClockHasPassedTheReserve) {
  ClockWorld world;
  ASSERT_TRUE(world.open().ok());
  const Version last = *world.firstStamp();
  world.die();
  world.loop.runFor(300_ms);
  ASSERT_TRUE(world.open().ok());
  EXPECT_FALSE(world.clock->stamp());
  EXPECT_LE(world.clock->hybridNow(), world.loop.wall().micros);
  world.clock->tellWhenReady(world);
  std::optional<Version> stamp;
  const auto drawn = [&] {
    if (world.ready > 0 && !(stamp = world.clock->stamp())) world.clock->tellWhenReady(world);
    return stamp.has_value();
  };
  ASSERT_TRUE(world.loop.runUntil(drawn, 750_ms));
  EXPECT_GT(*stamp, last);
  EXPECT_LE(stamp->timestamp, world.loop.wall().micros);
}

// Nothing needs to be written for it: whoever waits is told all the same.
TEST(DurableClock, WhoWaitsAfterACrashIsToldThoughTheCeilingIsHighEnough) {
  ClockWorld world;
  ASSERT_TRUE(world.open().ok());
  ASSERT_TRUE(world.firstStamp());
  world.die();
  world.loop.runFor(600_ms);
  ASSERT_TRUE(world.open().ok());
  EXPECT_FALSE(world.clock->stamp());  // raises the ceiling
  world.loop.runFor(10_ms);
  world.ready = 0;
  world.clock->tellWhenReady(world);
  EXPECT_TRUE(world.loop.runUntil([&] { return world.ready > 0; }, 500_ms));
  EXPECT_TRUE(world.clock->stamp());
}

TEST(DurableClock, AClockThatStandsStillAfterACrashIsNotWaitedForLonger) {
  ClockWorld world;
  ASSERT_TRUE(world.open().ok());
  const Version last = *world.firstStamp();
  world.die();
  ASSERT_TRUE(world.open().ok());
  const WallTime wall = world.loop.wall();
  world.loop.runFor(2_s);
  world.loop.setWall(wall);
  EXPECT_GT(*world.firstStamp(), last);
}

TEST(DurableClock, CloseBeforeTheWallClockHasPassedTheReserveKeepsIt) {
  ClockWorld world;
  ASSERT_TRUE(world.open().ok());
  const Version last = *world.firstStamp();
  world.die();
  ASSERT_TRUE(world.open().ok());
  world.clock->close(world);
  ASSERT_TRUE(world.loop.runUntil([&] { return world.closed; }));
  world.die();
  world.loop.runFor(1100_ms);
  ASSERT_TRUE(world.open().ok());
  EXPECT_GT(*world.firstStamp(), last);
}

TEST(DurableClock, CloseAmidARaiseLowersItAgain) {
  ClockWorld world;
  ASSERT_TRUE(world.open().ok());
  world.loop.runFor(5_s);
  EXPECT_FALSE(world.clock->stamp());  // a raise is on its way
  world.clock->close(world);
  ASSERT_TRUE(world.loop.runUntil([&] { return world.closed; }));
  world.die();
  ASSERT_TRUE(world.open().ok());
  EXPECT_LE(world.clock->hybridNow(), world.loop.wall().micros);
}

TEST(DurableClock, NewStampsWinThoughTheClockWentBackOverARestart) {
  ClockWorld world;
  ASSERT_TRUE(world.open().ok());
  Version last;
  for (int i = 0; i < 100; ++i) {
    world.loop.runFor(100_ms);
    last = *world.firstStamp();
  }
  WallTime wall = world.loop.wall();
  world.die();
  world.loop.setWall({wall.micros - 3'600'000'000});
  ASSERT_TRUE(world.open().ok());
  EXPECT_GT(*world.firstStamp(), last);
  EXPECT_GE(world.clock->hybridNow(), last.timestamp);
}

TEST(DurableClock, WhatWasObservedIsPassed) {
  ClockWorld world;
  ASSERT_TRUE(world.open().ok());
  Version seen{world.loop.wall().micros + 300'000, 99};
  world.clock->observe(seen);
  EXPECT_GT(*world.firstStamp(), seen);
}

TEST(DurableClock, NoStampWithoutACeilingOnDisk) {
  ClockWorld world;
  ASSERT_TRUE(world.open().ok());
  ASSERT_TRUE(world.firstStamp());
  world.ready = 0;
  world.disk->failAlways(kit::DiskCall::replace, Error{ErrorKind::diskFull, "no space"});
  world.loop.runFor(30_s);
  const auto triesBefore = world.disk->calls(kit::DiskCall::replace);
  for (int i = 0; i < 500; ++i) {  // one try a second, however many want a stamp
    EXPECT_FALSE(world.clock->stamp());
    if (i % 100 == 0) world.clock->tellWhenReady(world);
    world.loop.runFor(10_ms);
  }
  const auto tries = world.disk->calls(kit::DiskCall::replace) - triesBefore;
  EXPECT_GE(tries, 3u);
  EXPECT_LE(tries, 7u);
  EXPECT_EQ(world.events.size(), 1u) << "said once";
  EXPECT_EQ(world.ready, 0);
  world.disk->heal();
  const auto stampDrawn = [&] {  // the raise that failed is made first, then one up to now
    if (world.clock->stamp()) return true;
    world.clock->tellWhenReady(world);
    return false;
  };
  EXPECT_TRUE(world.loop.runUntil(stampDrawn, 2_s));
  EXPECT_EQ(world.events.size(), 2u) << "and that it is over";
}

// Else it would beat every write of the next hour, everywhere.
TEST(DurableClock, AMembersTimeFarAheadIsNotTakenOver) {
  ClockWorld world;
  ASSERT_TRUE(world.open().ok());
  const std::int64_t wall = world.loop.wall().micros;
  world.clock->observeTime(wall + 3'600'000'000);
  EXPECT_EQ(world.clock->hybridNow(), wall);
  world.clock->observeTime(wall + 59'000'000);
  EXPECT_EQ(world.clock->hybridNow(), wall + 59'000'000);
}

TEST(DurableClock, AClockThatRanAwayIsHeldByTheOthers) {
  ClockWorld world;
  ASSERT_TRUE(world.open().ok());
  const std::int64_t right = world.loop.wall().micros;
  world.loop.setWall({right + 3'600'000'000});
  world.clock->hearClock({1}, {right});
  world.clock->hearClock({2}, {right});
  EXPECT_EQ(world.clock->hybridNow(), right + 30'000'000);
  const auto stamp = world.firstStamp();
  ASSERT_TRUE(stamp);
  EXPECT_LE(stamp->timestamp, right + 31'000'000);
  ASSERT_EQ(world.events.size(), 1u);
  EXPECT_NE(world.events[0].find("3600 s ahead"), std::string::npos) << world.events[0];

  world.loop.setWall({right + 1'000'000});
  world.clock->hearClock({1}, {right});
  world.clock->hearClock({2}, {right});
  EXPECT_EQ(world.events.size(), 2u);
  EXPECT_GT(*world.firstStamp(), *stamp);
}

// A start with a wrong clock leaves no ceiling that the next one could not get below.
TEST(DurableClock, AWrongClockAtTheStartBindsNobodyAfterACrash) {
  ClockWorld world;
  const std::int64_t right = world.loop.wall().micros;
  world.loop.setWall({right + 3'600'000'000});
  ASSERT_TRUE(world.open().ok());
  world.clock->hearClock({1}, {right});
  world.clock->hearClock({2}, {right});
  ASSERT_TRUE(world.firstStamp());
  world.die();
  world.loop.setWall({right + 10'000'000});
  ASSERT_TRUE(world.open().ok());
  EXPECT_LE(world.clock->hybridNow(), right + 40'000'000);
}

TEST(DurableClock, ADamagedFileStopsTheStart) {
  Bytes whole = encodeClockCeiling(123456789);
  EXPECT_EQ(*decodeClockCeiling(whole), 123456789);
  for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
    Bytes flipped = whole;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    EXPECT_FALSE(decodeClockCeiling(flipped).ok()) << "bit " << bit;
  }
  EXPECT_FALSE(decodeClockCeiling(whole.substr(1)).ok());
  EXPECT_FALSE(decodeClockCeiling(whole + "x").ok());
  ClockWorld world;
  world.files.put(clockPath, "rubbish");
  EXPECT_EQ(world.open().error().kind, ErrorKind::corrupt);
}

}  // namespace
}  // namespace henge::storage
