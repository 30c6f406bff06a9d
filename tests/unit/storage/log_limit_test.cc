// How much of the disk the log takes, and that it never stands in the way of writes for good.
#include <gtest/gtest.h>

#include "tests/unit/storage/shard_world.h"
#include "tests/unit/storage/watched_store.h"

namespace henge::storage {
namespace {

StorageOptions logOf(std::uint64_t segments) {
  StorageOptions options = smallOptions();
  options.logBytesMax = segments * options.segmentBytes;
  return options;
}

// Persists what it is told to persist, and nothing by itself.
MemoryStoreOptions lazy(Duration latency = {}) {
  return {.latency = latency, .answersCached = true, .unflushedBatchesMax = 1'000'000};
}

// One small record; then its segment ends, for it is old, and is fed.
void trickle(ShardWorld& world, int segments, int from = 0) {
  for (int i = from; i < from + segments; ++i) {
    ASSERT_TRUE(world.put(recordOf("k" + std::to_string(i), 1 + i))) << world.refused;
    world.settle(world.options_.segmentAgeMax + 30_s);
  }
}

// Writes until `segments` more are full.
void fill(ShardWorld& world, std::uint64_t segments) {
  const std::uint64_t until = world.shard->status().end.segment + segments;
  for (int i = 0; world.shard->status().end.segment < until; ++i) {
    ASSERT_TRUE(world.put(recordOf("k" + std::to_string(i), 1 + i, Bytes(250, 'x'))))
        << world.refused;
    world.settle(2_ms);
  }
}

// A log of ten segments, all of them in the store for good, at a node that was killed before it had
// dropped any; then an operator allows but one.
void startWithTooMuchLog(ShardWorld& world) {
  ASSERT_TRUE(world.open().ok());
  trickle(world, 10);
  world.die(world.store.unflushedBatches());
  ASSERT_GE(world.segmentFiles().size(), 10u);
  world.options_ = logOf(1);
  ASSERT_LT(world.options_.logBytesHard(), 10 * world.options_.segmentBytes);
  ASSERT_TRUE(world.open().ok());
  ASSERT_EQ(world.report.segments, 0u) << "nothing was to be replayed";
}

// The segment that waits to be taken holds nothing yet.
std::uint64_t bytesOnDisk(const ShardWorld& world) {
  std::uint64_t bytes = 0;
  for (const std::string& path : world.segmentFiles())
    if (path != world.segmentFiles().back()) bytes += world.files.contents(path)->size();
  return bytes;
}

TEST(LogLimit, ASlowTrickleOfWritesDoesNotFillTheDisk) {
  ShardWorld world(logOf(4), lazy());
  ASSERT_TRUE(world.open().ok());
  for (int i = 0; i < 20; ++i) {
    trickle(world, 1, i);
    ASSERT_LE(world.segmentFiles().size(), 4u + 2) << "of " << world.options_.segmentBytes;
  }
  EXPECT_GE(world.shard->status().end.segment, 20u);
}

TEST(LogLimit, AClosedSegmentCountsWithItsFileHoweverLittleIsInIt) {
  ShardWorld world(logOf(100), lazy());
  ASSERT_TRUE(world.open().ok());
  trickle(world, 3);
  EXPECT_EQ(world.shard->status().logBytes, 3 * world.options_.segmentBytes);
  ASSERT_TRUE(world.put(recordOf("large", 100, Bytes(10'000, 'x'))));
  world.settle();  // its segment has grown, and has ended
  EXPECT_GT(world.shard->status().logBytes, 10'000 + 3 * world.options_.segmentBytes);
  EXPECT_EQ(world.shard->status().logBytes, bytesOnDisk(world));
}

TEST(LogLimit, WhatTheStoreHoldsAlreadyIsDroppedAtStart) {
  ShardWorld world(logOf(100), lazy());
  startWithTooMuchLog(world);
  world.settle(1_s);
  EXPECT_EQ(world.segmentFiles().size(), 1u) << "the one that waits to be taken";
  EXPECT_EQ(world.shard->status().logBytes, 0u);
  EXPECT_EQ(world.scanAll(100).size(), 10u);
}

TEST(LogLimit, ARestartWithMoreLogThanAllowedTakesWrites) {
  ShardWorld world(logOf(100), lazy());
  startWithTooMuchLog(world);
  world.settle(1_s);
  EXPECT_TRUE(world.put(recordOf("again", 100))) << world.refused;
}

TEST(LogLimit, ARefusalForTooMuchLogAsksForAFlush) {
  ShardWorld world(logOf(100), lazy(1_s));
  WatchedStore watched(world.store);
  world.useStore(watched);
  startWithTooMuchLog(world);  // how far the store has persisted is not known yet: it is slow
  EXPECT_FALSE(world.put(recordOf("again", 100)));
  EXPECT_NE(world.refused.find("logBytesMax"), std::string::npos) << world.refused;
  ASSERT_EQ(watched.flushes, 0);
  world.settle(1_s);
  EXPECT_EQ(watched.flushes, 1);
  world.settle(5_s);
  EXPECT_TRUE(world.put(recordOf("again", 100))) << world.refused;
}

TEST(LogLimit, WhatWasFedDuringAFlushIsFlushedByAnother) {
  ShardWorld world(logOf(2), lazy());
  WatchedStore watched(world.store);
  world.useStore(watched);
  ASSERT_TRUE(world.open().ok());
  watched.holdFlushes = true;
  fill(world, 5);
  ASSERT_EQ(watched.flushes, 1) << "on its way since the second segment";
  ASSERT_GE(world.shard->status().logBytes, world.options_.logBytesMax);
  ASSERT_EQ(world.shard->status().frozenTables, 0u) << "all are fed";
  watched.letGo();
  world.settle(100_ms);  // no segment ends meanwhile
  EXPECT_EQ(watched.flushes, 2);
  EXPECT_LT(world.shard->status().logBytes, world.options_.segmentBytes) << "only the open one";
}

}  // namespace
}  // namespace henge::storage
