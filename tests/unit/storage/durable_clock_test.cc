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
        7, DurableClockEnvironment{*disk, loop, loop, static_cast<ports::Events&>(*this)});
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

TEST(DurableClock, StampsAtOnceAfterItsStart) {
  ClockWorld world;
  ASSERT_TRUE(world.open().ok());
  auto first = world.clock->stamp();
  auto second = world.clock->stamp();
  ASSERT_TRUE(first && second);
  EXPECT_LT(*first, *second);
  EXPECT_EQ(first->writer, 7u);
}

// The ceiling of an idle node lies behind the wall clock: one write, then the stamp.
TEST(DurableClock, AnIdleNodeStampsAfterOneWriteAndWritesNothingMeanwhile) {
  ClockWorld world;
  ASSERT_TRUE(world.open().ok());
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

// Restarts must not push the stamps ahead of the wall clock: a clean one not at all, a crash by
// what was reserved.
TEST(DurableClock, ACleanRestartDoesNotRunAhead) {
  ClockWorld world;
  ASSERT_TRUE(world.open().ok());
  Version last;
  for (int restart = 0; restart < 20; ++restart) {
    world.loop.runFor(10_ms);
    const auto stamp = world.clock->stamp();
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
  EXPECT_GT(*world.clock->stamp(), last);
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
    last = *world.clock->stamp();
  }
  WallTime wall = world.loop.wall();
  world.die();
  world.loop.setWall({wall.micros - 3'600'000'000});
  ASSERT_TRUE(world.open().ok());
  EXPECT_GT(*world.clock->stamp(), last);
  EXPECT_GE(world.clock->hybridNow(), last.timestamp);
}

TEST(DurableClock, WhatWasObservedIsPassed) {
  ClockWorld world;
  ASSERT_TRUE(world.open().ok());
  Version seen{world.loop.wall().micros + 300'000, 99};
  world.clock->observe(seen);
  EXPECT_GT(*world.clock->stamp(), seen);
}

TEST(DurableClock, NoStampWithoutACeilingOnDisk) {
  ClockWorld world;
  ASSERT_TRUE(world.open().ok());
  world.disk->failAlways(kit::DiskCall::replace, Error{ErrorKind::diskFull, "no space"});
  world.loop.runFor(30_s);
  EXPECT_FALSE(world.clock->stamp());
  world.clock->tellWhenReady(world);
  world.loop.runFor(5_s);
  EXPECT_FALSE(world.clock->stamp());
  EXPECT_GE(world.events.size(), 3u);
  EXPECT_EQ(world.ready, 0);
  world.disk->heal();
  const auto stampDrawn = [&] {  // the raise that failed is made first, then one up to now
    if (world.clock->stamp()) return true;
    world.clock->tellWhenReady(world);
    return false;
  };
  EXPECT_TRUE(world.loop.runUntil(stampDrawn, 2_s));
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
