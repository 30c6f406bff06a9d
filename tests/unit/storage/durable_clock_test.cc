#include "server/storage/durable_clock.h"

#include <gtest/gtest.h>
#include <memory>

#include "tests/kit/fake_disk.h"
#include "tests/kit/virtual_loop.h"

namespace henge::storage {
namespace {

class ClockWorld : private ClockSink, private ports::Events {
 public:
  Status open() {
    disk = std::make_unique<kit::FakeDisk>(files, loop, loop);
    clock = std::make_unique<DurableClock>(
        7, DurableClockEnvironment{*disk, loop, loop, static_cast<ports::Events&>(*this)});
    opened.reset();
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

 private:
  void onClockOpened(Status status) override { opened = std::move(status); }
  void note(ports::Severity, const std::string& line) override { events.push_back(line); }
};

TEST(DurableClock, StampsAtOnceAfterItsStart) {
  ClockWorld world;
  ASSERT_TRUE(world.open().ok());
  auto first = world.clock->stamp();
  auto second = world.clock->stamp();
  ASSERT_TRUE(first && second);
  EXPECT_LT(*first, *second);
  EXPECT_EQ(first->writer, 7u);
}

TEST(DurableClock, AnIdleNodeCanStampAtOnce) {
  ClockWorld world;
  ASSERT_TRUE(world.open().ok());
  for (int i = 0; i < 50; ++i) {
    world.loop.runFor(777_ms * (i % 9 + 1));
    ASSERT_TRUE(world.clock->stamp()) << i;
  }
}

TEST(DurableClock, NewStampsWinThoughTheClockWentBackOverARestart) {
  ClockWorld world;
  ASSERT_TRUE(world.open().ok());
  Version last;
  for (int i = 0; i < 20; ++i) {
    world.loop.runFor(500_ms);
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
  Version seen{world.loop.wall().micros + 1'000'000, 99};
  world.clock->observe(seen);
  EXPECT_GT(*world.clock->stamp(), seen);
}

TEST(DurableClock, NoStampWithoutACeilingOnDisk) {
  ClockWorld world;
  ASSERT_TRUE(world.open().ok());
  world.disk->failAlways(kit::DiskCall::replace, Error{ErrorKind::diskFull, "no space"});
  world.loop.runFor(30_s);
  EXPECT_FALSE(world.clock->stamp());
  EXPECT_FALSE(world.events.empty());
  world.disk->heal();
  world.loop.runFor(2_s);
  EXPECT_TRUE(world.clock->stamp());
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
