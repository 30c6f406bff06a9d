#include "server/storage/committer.h"

#include <gtest/gtest.h>

#include "server/storage/segment_names.h"
#include "server/storage/segment_reader.h"
#include "tests/unit/storage/shard_world.h"

namespace henge::storage {
namespace {

using kit::DiskCall;

Bytes segment(const ShardWorld& world, std::uint64_t id) {
  return world.files.contents("log/0/" + segmentName(id)).value_or(Bytes());
}

TEST(Committer, AllThatWaitShareOneSync) {
  ShardWorld world;
  ASSERT_TRUE(world.open().ok());
  OpId first = world.write(recordOf("first", 1));
  world.loop.runUntil([&] { return world.commitDisk->calls(DiskCall::sync) == 1; });
  for (int i = 0; i < 20; ++i) world.write(recordOf("k" + std::to_string(i), 10 + i));
  EXPECT_EQ(world.commitDisk->calls(DiskCall::sync), 1u) << "one at a time";
  world.loop.runUntil([&] { return world.outcomes.contains(first); });
  world.loop.runUntil([&] { return world.outcomes.size() == 21; });
  EXPECT_EQ(world.commitDisk->calls(DiskCall::sync), 2u);
  EXPECT_EQ(world.shard->status().syncs, 2u);
  EXPECT_EQ(world.shard->status().records, 21u);
}

TEST(Committer, WhatComesInOneRoundIsOneBatch) {
  ShardWorld world;
  ASSERT_TRUE(world.open().ok());
  for (int i = 0; i < 5; ++i) world.write(recordOf("k" + std::to_string(i), 10 + i));
  world.loop.runUntil([&] { return world.outcomes.size() == 5; });
  auto content = readSegment(segment(world, 1), {testOwner(), 1}, {});
  ASSERT_EQ(content->batches.size(), 1u);
  EXPECT_EQ(content->batches[0].header.count, 5u);
}

TEST(Committer, AMarkFollowsABurstOnce) {
  ShardWorld world;
  ASSERT_TRUE(world.open().ok());
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(world.put(recordOf("k", 1 + i)));
  LogPosition end = world.shard->status().end;
  world.settle(95_ms);
  EXPECT_EQ(world.shard->status().end, end);
  world.settle(400_ms);
  LogPosition marked{end.segment, end.offset + batchHeaderBytes};
  EXPECT_EQ(world.shard->status().end, marked);
  EXPECT_EQ(world.shard->status().synced, marked);
  auto mark = batchAt(segment(world, 1), testOwner().directory, end);
  ASSERT_TRUE(mark);
  EXPECT_EQ(mark->header.syncedTo, end);
  EXPECT_EQ(mark->header.count, 0u);
}

TEST(Committer, EachBatchSaysWhatWasSyncedBeforeIt) {
  ShardWorld world;
  ASSERT_TRUE(world.open().ok());
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(world.put(recordOf("k", 1 + i)));
  auto content = readSegment(segment(world, 1), {testOwner(), 1}, {});
  ASSERT_EQ(content->batches.size(), 4u);
  for (std::size_t i = 1; i < 4; ++i)
    EXPECT_EQ(content->batches[i].header.syncedTo, content->batches[i].header.at);
}

TEST(Committer, RollsBySizeWithATrailerAndALink) {
  ShardWorld world;
  ASSERT_TRUE(world.open().ok());
  for (int i = 0; i < 30; ++i)
    ASSERT_TRUE(world.put(recordOf("k" + std::to_string(i), 1 + i, Bytes(200, 'x'))));
  EXPECT_GE(world.shard->status().end.segment, 2u);
  auto second = headerInUse(segment(world, 2), testOwner(), 2);
  ASSERT_TRUE(second);
  auto first = readSegment(segment(world, 1), {testOwner(), 1}, second);
  EXPECT_EQ(first->end, SegmentEnd::ended);
  EXPECT_LE(first->endOffset, world.options_.segmentBytes);
  EXPECT_EQ(second->predecessor, (Predecessor{1, first->endOffset, first->lastChecksum}));
  EXPECT_EQ(second->syncedTo, (LogPosition{1, first->endOffset}));
}

TEST(Committer, RollsTenSecondsAfterTheFirstRecord) {
  ShardWorld world;
  ASSERT_TRUE(world.open().ok());
  world.settle(30_s);
  ASSERT_TRUE(world.put(recordOf("k", 1)));
  world.settle(9_s);
  ASSERT_TRUE(world.put(recordOf("k", 2)));
  EXPECT_EQ(world.shard->status().end.segment, 1u);
  EXPECT_EQ(world.shard->status().applied, LogPosition{});
  world.settle(2_s);
  auto content = readSegment(segment(world, 1), {testOwner(), 1}, {});
  EXPECT_EQ(content->end, SegmentEnd::ended);
  EXPECT_EQ(world.shard->status().tableRecords, 0u) << "fed";
  ASSERT_TRUE(world.put(recordOf("k", 3)));
  EXPECT_EQ(world.shard->status().end.segment, 2u);
}

TEST(Committer, CompressesWhatShrinks) {
  StorageOptions options = smallOptions();
  options.logCompression = LogCompression::zstd;
  ShardWorld world(options);
  ASSERT_TRUE(world.open().ok());
  ASSERT_TRUE(world.put(recordOf("short", 1)));
  ASSERT_TRUE(world.put(recordOf("long", 2, Bytes(1000, 'x'))));
  Bytes file = segment(world, 1);
  EXPECT_EQ(headerInUse(file, testOwner(), 1)->codec, LogCompression::zstd);
  auto content = readSegment(file, {testOwner(), 1}, {});
  ASSERT_EQ(content->batches.size(), 2u);
  EXPECT_EQ(content->batches[0].header.codec, LogCompression::none);
  EXPECT_EQ(content->batches[1].header.codec, LogCompression::zstd);
  EXPECT_LT(content->batches[1].header.length, batchHeaderBytes + 150);
  world.die(0);
  world.files.powerCut();
  ASSERT_TRUE(world.open().ok());
  EXPECT_EQ((*world.get("long"))->value, Bytes(1000, 'x'));
  EXPECT_EQ((*world.get("short"))->value, "v");
}

TEST(Committer, WithoutCompressionEveryBatchIsPlain) {
  ShardWorld world;
  ASSERT_TRUE(world.open().ok());
  ASSERT_TRUE(world.put(recordOf("long", 2, Bytes(1000, 'x'))));
  Bytes file = segment(world, 1);
  EXPECT_EQ(headerInUse(file, testOwner(), 1)->codec, LogCompression::none);
  auto content = readSegment(file, {testOwner(), 1}, {});
  ASSERT_EQ(content->batches.size(), 1u);
  EXPECT_EQ(content->batches[0].header.codec, LogCompression::none);
}

// Else a table, which is bounded by its segment, could take any amount of memory.
TEST(Committer, ACompressedSegmentHoldsNoMoreRecordsThanAPlainOne) {
  for (LogCompression codec : {LogCompression::none, LogCompression::zstd}) {
    StorageOptions options = smallOptions();
    options.logCompression = codec;
    ShardWorld world(options);
    ASSERT_TRUE(world.open().ok());
    for (int i = 0; i < 20; ++i)
      ASSERT_TRUE(world.put(recordOf("k" + std::to_string(i), 1 + i, Bytes(400, 'x'))));
    EXPECT_EQ(world.shard->status().end.segment, 4u);
  }
}

TEST(Committer, ARecordLargerThanASegmentGetsOneThatGrows) {
  ShardWorld world;
  ASSERT_TRUE(world.open().ok());
  ASSERT_TRUE(world.put(recordOf("small", 1)));
  Record large = recordOf("large", 2, Bytes(20'000, 'L'));
  ASSERT_TRUE(world.put(large));
  ASSERT_TRUE(world.put(recordOf("small", 3)));
  world.die(0);
  world.files.powerCut();
  ASSERT_TRUE(world.open().ok());
  EXPECT_TRUE(world.report.damage.empty());
  EXPECT_EQ(*world.get("large"), large);
  EXPECT_EQ((*world.get("small"))->version.timestamp, 3);
}

TEST(Committer, AppendsDoNotWaitForTheNextSegmentWhileThereIsRoom) {
  ShardWorld world;
  ASSERT_TRUE(world.open().ok());
  world.sideDisk->setLatency(1_s);
  for (int i = 0; i < 5; ++i) {
    MonoTime before = world.loop.now();
    ASSERT_TRUE(world.put(recordOf("k" + std::to_string(i), 1 + i)));
    EXPECT_LT(world.loop.now() - before, 10_ms);
  }
}

TEST(Committer, AfterAFailedSyncNothingIsAnswered) {
  for (DiskCall call : {DiskCall::sync, DiskCall::write}) {
    ShardWorld world;
    ASSERT_TRUE(world.open().ok());
    ASSERT_TRUE(world.put(recordOf("k", 1)));
    world.commitDisk->failAfter(call, 1, Error{ErrorKind::io, "the disk is broken"});
    EXPECT_EQ(world.put(recordOf("k", 2)), std::nullopt);
    EXPECT_EQ(world.fatalCode, ports::ExitCode::logFailed);
    std::size_t answered = world.outcomes.size();
    world.write(recordOf("k", 3));
    world.settle(1_s);
    EXPECT_EQ(world.outcomes.size(), answered);
    EXPECT_EQ((*world.get("k"))->version.timestamp, 1) << "nor shown";
  }
}

TEST(Committer, PeriodicAnswersBeforeTheSync) {
  StorageOptions options = smallOptions();
  options.logSync = LogSync::periodic;
  ShardWorld world(options);
  ASSERT_TRUE(world.open().ok());
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(world.put(recordOf("k", 1 + i)));
  EXPECT_EQ(world.commitDisk->calls(DiskCall::sync), 0u);
  EXPECT_LT(world.shard->status().synced, world.shard->status().end);
  world.settle(1100_ms);
  EXPECT_EQ(world.shard->status().synced, world.shard->status().end);
  EXPECT_GE(world.commitDisk->calls(DiskCall::sync), 1u);
  std::uint64_t syncs = world.commitDisk->calls(DiskCall::sync);
  world.settle(5_s);
  EXPECT_LE(world.commitDisk->calls(DiskCall::sync), syncs + 1) << "nothing new to sync";
}

TEST(Committer, OffSyncsOnlyWhereASegmentEnds) {
  StorageOptions options = smallOptions();
  options.logSync = LogSync::off;
  ShardWorld world(options);
  ASSERT_TRUE(world.open().ok());
  ASSERT_TRUE(world.put(recordOf("k", 1)));
  world.settle(5_s);
  EXPECT_EQ(world.commitDisk->calls(DiskCall::sync), 0u);
  world.settle(6_s);
  EXPECT_EQ(world.commitDisk->calls(DiskCall::sync), 1u);
}

// An idle node costs nothing: whatever was armed for the last writes has ended, and nothing is
// armed again.
TEST(Committer, NoTimerIsArmedAndNothingWakesOnceItIsIdle) {
  for (const LogSync mode : {LogSync::always, LogSync::periodic, LogSync::off}) {
    SCOPED_TRACE(nameOf(mode));
    StorageOptions options = smallOptions();
    options.logSync = mode;
    ShardWorld world(options);
    ASSERT_TRUE(world.open().ok());
    world.settle(1_s);
    EXPECT_TRUE(world.loop.idle()) << "before the first write";
    for (int i = 0; i < 40; ++i) ASSERT_TRUE(world.put(recordOf("k", 1 + i, Bytes(200, 'x'))));
    world.settle(11_s);  // the last segment ends
    EXPECT_TRUE(world.loop.idle()) << "after the last";
    const std::uint64_t steps = world.loop.steps();
    const std::uint64_t syncs = world.commitDisk->calls(DiskCall::sync);
    world.settle(3600_s);
    EXPECT_EQ(world.loop.steps(), steps) << "no wake-up in an hour";
    EXPECT_EQ(world.commitDisk->calls(DiskCall::sync), syncs);
    EXPECT_EQ(world.shard->status().synced, world.shard->status().end);
  }
}

TEST(Committer, SyncsAreTimedByTheClock) {
  ShardWorld world;
  ASSERT_TRUE(world.open().ok());
  EXPECT_EQ(world.shard->log().syncMax, 0_us);
  world.commitDisk->setLatency(500_us);
  for (int i = 0; i < 99; ++i) ASSERT_TRUE(world.put(recordOf("k", 1 + i)));
  world.commitDisk->setLatency(7_ms);
  ASSERT_TRUE(world.put(recordOf("k", 100)));
  const LogView log = world.shard->log();
  EXPECT_EQ(log.syncMax, 14_ms) << "the write and the sync";
  EXPECT_GE(log.syncHalf, 1000_us);
  EXPECT_LE(log.syncHalf, 1063_us) << "a sixteenth too high at most";
  EXPECT_LT(log.sync99, 14_ms);
  EXPECT_EQ(log.syncs, 100u + log.end.segment - 1) << "and one where a segment ended";
}

TEST(Committer, TheLogSyncModesHaveTheirNames) {
  EXPECT_EQ(nameOf(LogSync::always), "always");
  EXPECT_EQ(nameOf(LogSync::periodic), "periodic");
  EXPECT_EQ(nameOf(LogSync::off), "off");
}

}  // namespace
}  // namespace henge::storage
