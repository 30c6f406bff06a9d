#include "tests/sim/clock.h"

#include <gtest/gtest.h>

#include "tests/kit/virtual_loop.h"

namespace henge::sim {
namespace {

TEST(SimClock, IsTheWorldsUnlessTold) {
  kit::VirtualLoop world;
  const SimClock clock(world);
  for (int n = 0; n < 3; ++n) {
    EXPECT_EQ(clock.now(), world.now());
    EXPECT_EQ(clock.wall(), world.wall());
    world.runFor(1234_us);
  }
}

TEST(SimClock, AnOffsetStays) {
  kit::VirtualLoop world;
  const SimClock ahead(world, 5_ms);
  const SimClock behind(world, Duration{-5000});
  world.runFor(3600_s);
  EXPECT_EQ(ahead.error(), 5_ms);
  EXPECT_EQ(behind.error(), Duration{-5000});
}

TEST(SimClock, ABootMovesMonotonicTimeAndNotTheWall) {
  kit::VirtualLoop world;
  SimClock clock(world, 7_ms);
  clock.boot(Duration{-900'000});
  EXPECT_EQ(world.now() - clock.now(), 900_ms);
  EXPECT_EQ(clock.worldTime(clock.now() + 3_s), world.now() + 3_s);
  EXPECT_EQ(clock.error(), 7_ms);
}

TEST(SimClock, DriftsByPartsPerMillion) {
  kit::VirtualLoop world;
  SimClock clock(world);
  clock.setDrift(200);
  world.runFor(10_s);
  EXPECT_EQ(clock.error(), 2_ms);
  clock.setDrift(-100);
  world.runFor(10_s);
  EXPECT_EQ(clock.error(), 1_ms) << "what was gained stays";
  world.runFor(1'000'000_s);
  EXPECT_EQ(clock.error().micros, 1000 - 100'000'000);
}

// Looking does not change what is seen, and time does not go back by drifting.
TEST(SimClock, DriftsEvenlyHoweverOftenItIsRead) {
  kit::VirtualLoop world;
  SimClock often(world);
  SimClock once(world);
  often.setDrift(-333'333);
  once.setDrift(-333'333);
  WallTime last = often.wall();
  for (int n = 0; n < 10'000; ++n) {
    world.runFor(1_us);
    ASSERT_LE(last, often.wall());
    last = often.wall();
  }
  EXPECT_EQ(often.wall(), once.wall());
  EXPECT_EQ(once.error().micros, -3334);
}

TEST(SimClock, StepsEitherWay) {
  kit::VirtualLoop world;
  SimClock clock(world);
  clock.step(60_s);
  world.runFor(1_s);
  EXPECT_EQ(clock.error(), 60_s);
  clock.step(Duration{-90'000'000});
  world.runFor(1_s);
  EXPECT_EQ(clock.error().micros, -30'000'000);
  EXPECT_EQ(clock.now(), world.now());
}

TEST(SimClock, StuckItShowsTheSameUntilItRunsOn) {
  kit::VirtualLoop world;
  SimClock clock(world);
  clock.setDrift(1000);
  world.runFor(1_s);
  clock.freeze();
  const WallTime stood = clock.wall();
  world.runFor(5_s);
  EXPECT_EQ(clock.wall(), stood);
  clock.step(1_s);
  EXPECT_EQ(clock.wall().micros, stood.micros + 1'000'000);
  clock.thaw();
  world.runFor(1_s);
  EXPECT_EQ(clock.wall().micros, stood.micros + 2'001'000) << "the drift is still there";
  clock.correct();
  EXPECT_EQ(clock.wall(), world.wall());
  world.runFor(1_s);
  EXPECT_EQ(clock.error(), 1_ms);
}

}  // namespace
}  // namespace henge::sim
