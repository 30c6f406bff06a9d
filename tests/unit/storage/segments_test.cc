#include "server/storage/segments.h"

#include <gtest/gtest.h>

#include "server/storage/segment_names.h"
#include "tests/unit/storage/shard_world.h"

namespace henge::storage {
namespace {

using kit::DiskCall;

void fill(ShardWorld& world, int records, int from = 0) {
  for (int i = from; i < from + records; ++i) {
    ASSERT_TRUE(world.put(recordOf("k" + std::to_string(i % 50), 1 + i, Bytes(250, 'x'))))
        << world.refused;
    world.settle(5_ms);  // the store keeps up
  }
}

TEST(Segments, NamesAreReadBack) {
  EXPECT_EQ(segmentName(42), "segment-000000000000002a.log");
  EXPECT_EQ(segmentOfName(segmentName(UINT64_MAX)), UINT64_MAX);
  EXPECT_EQ(segmentOfName("segment-2a.log"), std::nullopt);
  EXPECT_EQ(segmentOfName("segment-000000000000002A.log"), std::nullopt);
  EXPECT_EQ(segmentOfName("segment-000000000000002a.txt"), std::nullopt);
  EXPECT_EQ(segmentOfName(spareName(42)), std::nullopt);
  EXPECT_TRUE(isSpareName(spareName(42)));
}

TEST(Segments, TheNextOneIsThereBeforeItIsNeeded) {
  ShardWorld world;
  ASSERT_TRUE(world.open().ok());
  ASSERT_TRUE(world.put(recordOf("k", 1)));
  world.settle(10_ms);
  EXPECT_EQ(world.segmentFiles().size(), 2u);
}

TEST(Segments, GoWhenTheStoreHasPersistedThem) {
  StorageOptions options = smallOptions();
  options.logBytesMax = 4 * 4096;
  ShardWorld world(options);
  ASSERT_TRUE(world.open().ok());
  fill(world, 200);
  EXPECT_GT(world.shard->status().end.segment, 12u);
  EXPECT_LE(world.shard->status().logBytes, options.logBytesHard());
  EXPECT_LT(world.segmentFiles().size(), 9u);
  EXPECT_GT(world.shard->status().applied.segment, 8u);
}

TEST(Segments, StayWhileTheStoreMayForget) {
  ShardWorld world(smallOptions(),
                   {.latency = {}, .answersCached = true, .unflushedBatchesMax = 1'000'000});
  ASSERT_TRUE(world.open().ok());
  fill(world, 100);
  EXPECT_EQ(world.shard->status().applied, LogPosition{});
  EXPECT_EQ(world.segmentFiles().front(), "log/0/" + segmentName(1));
  world.die(0);
  ASSERT_TRUE(world.open().ok());
  EXPECT_EQ(world.report.records, 100u);
  EXPECT_EQ(world.scanAll(1000).size(), 50u);
}

TEST(Segments, AreUsedAgainInsteadOfMade) {
  StorageOptions options = smallOptions();
  options.logBytesMax = 2 * 4096;
  ShardWorld world(options);
  ASSERT_TRUE(world.open().ok());
  fill(world, 300);
  std::uint64_t used = world.shard->status().end.segment;
  EXPECT_GT(used, 20u);
  EXPECT_LT(world.sideDisk->calls(DiskCall::create), used / 2);
  std::size_t spares = 0;
  for (const std::string& path : world.files.paths())
    spares += path.find("spare-") != std::string::npos;
  EXPECT_LE(spares, options.sparesMax);
}

TEST(Segments, NoSpaceIsSaidBeforeAnythingIsWritten) {
  ShardWorld world;
  ASSERT_TRUE(world.open().ok());
  world.sideDisk->failAlways(DiskCall::create, Error{ErrorKind::diskFull, "no space"});
  int kept = 0;
  while (world.put(recordOf("k" + std::to_string(kept), 1 + kept, Bytes(200, 'x')))) ++kept;
  EXPECT_FALSE(world.fatalCode);
  EXPECT_EQ(world.shard->admit(OpId{12345}, RecordKind::value, 10).error().kind,
            ErrorKind::diskFull);
  EXPECT_NE(world.events.back().find("no space"), std::string::npos);
  world.sideDisk->heal();
  world.settle(2_s);
  EXPECT_TRUE(world.put(recordOf("again", 1)));
}

TEST(Segments, AStartWithoutSpaceSaysSo) {
  ShardWorld world;
  world.start();
  world.sideDisk->failAlways(DiskCall::create, Error{ErrorKind::diskFull, "no space"});
  world.loop.runUntil([&] { return world.openedStatus.has_value(); });
  EXPECT_EQ(world.openedStatus->error().kind, ErrorKind::diskFull);
}

TEST(Segments, ADirectoryThatCannotBeSyncedIsFatal) {
  ShardWorld world;
  ASSERT_TRUE(world.open().ok());
  world.sideDisk->failAfter(DiskCall::rename, 1, Error{ErrorKind::io, "bad directory"});
  ASSERT_TRUE(world.put(recordOf("k", 1)));
  world.settle(1_s);
  EXPECT_EQ(world.fatalCode, ports::ExitCode::logFailed);
}

// They were admitted while the next segment was being made; nobody was told that they are kept.
TEST(Segments, ADrainEndsThoughWritesWaitForASegmentThatCannotBeMade) {
  ShardWorld world;
  ASSERT_TRUE(world.open().ok());
  world.sideDisk->failAlways(DiskCall::create, Error{ErrorKind::diskFull, "no space"});
  std::vector<OpId> writes;
  for (int i = 0; i < 60; ++i)
    writes.push_back(world.write(recordOf("k" + std::to_string(i), 1 + i, Bytes(200, 'x'))));
  world.settle(5_s);
  ASSERT_LT(world.outcomes.size(), writes.size()) << "some wait";
  EXPECT_EQ(world.drain().error().kind, ErrorKind::diskFull);
}

TEST(Segments, ADrainEndsThoughHintsWaitForASegmentThatCannotBeMade) {
  ShardWorld world;
  ASSERT_TRUE(world.open().ok());
  world.sideDisk->failAlways(DiskCall::create, Error{ErrorKind::diskFull, "no space"});
  Hint hint;
  hint.record = recordOf("k", 1, Bytes(200, 'x'));
  for (hint.id.number = 1; hint.id.number <= 60; ++hint.id.number)
    ASSERT_TRUE(world.shard->appendHint(hint).ok());
  world.settle(5_s);
  ASSERT_LT(world.shard->status().records, 60u) << "some wait";
  EXPECT_EQ(world.drain().error().kind, ErrorKind::diskFull);
}

TEST(Segments, ADrainWithoutSpaceEndsAllTheSame) {
  ShardWorld world;
  ASSERT_TRUE(world.open().ok());
  world.sideDisk->failAlways(DiskCall::create, Error{ErrorKind::diskFull, "no space"});
  ASSERT_TRUE(world.put(recordOf("k", 1)));
  world.settle(10_ms);
  EXPECT_EQ(world.drain().error().kind, ErrorKind::diskFull);
}

}  // namespace
}  // namespace henge::storage
