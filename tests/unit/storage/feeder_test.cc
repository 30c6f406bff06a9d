#include "server/storage/feeder.h"

#include <gtest/gtest.h>

#include "server/storage/record_codec.h"
#include "server/storage/store_keys.h"
#include "tests/kit/failing_store.h"
#include "tests/unit/storage/shard_world.h"
#include "tests/unit/storage/watched_store.h"

namespace henge::storage {
namespace {

bool sets(const ports::StoreBatch& batch, const Bytes& key) {
  for (const ports::StoreEntry& entry : batch)
    if (entry.key == key) return true;
  return false;
}

TEST(Feeder, OnlyTheLastBatchOfATableMovesTheAppliedPosition) {
  ShardWorld world;
  WatchedStore watched(world.store);
  world.useStore(watched);
  ASSERT_TRUE(world.open().ok());
  for (int i = 0; i < 10; ++i)
    ASSERT_TRUE(world.put(recordOf("k" + std::to_string(i % 8), 1 + i, Bytes(200, 'x'))));
  ASSERT_EQ(world.shard->status().end.segment, 1u);
  world.settle();
  ASSERT_GE(watched.batches.size(), 2u);
  Bytes lastKey;
  for (std::size_t i = 0; i < watched.batches.size(); ++i) {
    const ports::StoreBatch& batch = watched.batches[i];
    bool last = i + 1 == watched.batches.size();
    EXPECT_EQ(sets(batch, appliedKey(0)), last);
    EXPECT_EQ(sets(batch, fenceKey(0)), last);
    std::uint64_t bytes = 0;
    for (const ports::StoreEntry& entry : batch) {
      if (entry.key[0] != 1) continue;
      EXPECT_LT(lastKey, entry.key) << "sorted, each key once";
      lastKey = entry.key;
      bytes += entry.value->size();
    }
    EXPECT_LE(bytes, world.options_.feedBatchBytesMax);
  }
}

TEST(Feeder, RowsAndHintsTogetherKeepTheLimitOfABatch) {
  ShardWorld world;
  WatchedStore watched(world.store);
  world.useStore(watched);
  ASSERT_TRUE(world.open().ok());
  ASSERT_TRUE(world.put(recordOf("k", 1, Bytes(600, 'x'))));
  Hint hint;
  hint.record = recordOf("k", 1, Bytes(200, 'x'));
  for (hint.id.number = 1; hint.id.number <= 4; ++hint.id.number)
    ASSERT_TRUE(world.shard->appendHint(hint).ok());
  world.settle();
  std::size_t rows = 0;
  for (const ports::StoreBatch& batch : watched.batches) {
    std::uint64_t bytes = 0;
    for (const ports::StoreEntry& entry : batch) {
      if (entry.key[0] == 2) continue;
      ++rows;
      bytes += entry.value->size();
    }
    EXPECT_LE(bytes, world.options_.feedBatchBytesMax);
  }
  EXPECT_EQ(rows, 5u);
}

TEST(Feeder, TheFenceSparesTheStoreALook) {
  StorageOptions options = smallOptions();
  ShardWorld world(options, {.latency = 50_us, .answersCached = false});
  ASSERT_TRUE(world.open().ok());
  ASSERT_TRUE(world.put(recordOf("k", 100)));
  world.settle();  // fed, and its table dropped
  ASSERT_EQ(world.shard->status().tableRecords, 0u);
  std::uint64_t before = world.shard->storeReads();
  EXPECT_TRUE(world.put(recordOf("k", 101))->applied);
  EXPECT_EQ(world.shard->storeReads(), before) << "above the fence";
}

TEST(Feeder, BelowTheFenceTheStoreIsAskedAndItsWordCounts) {
  ShardWorld world(smallOptions(), {.latency = 50_us, .answersCached = false});
  ASSERT_TRUE(world.open().ok());
  ASSERT_TRUE(world.put(recordOf("k", 100)));
  world.settle();
  std::uint64_t before = world.shard->storeReads();
  auto older = world.put(recordOf("k", 99));
  EXPECT_FALSE(older->applied);
  EXPECT_EQ(older->held, (Version{100, 7}));
  EXPECT_TRUE(world.put(recordOf("k", 100))->applied) << "the very same";
  Record tied = recordOf("k", 100, "with larger bytes");
  EXPECT_TRUE(world.put(tied)->applied) << "the same version with other bytes: the order decides";
  EXPECT_EQ(world.shard->storeReads(), before + 3);
  EXPECT_EQ(*world.get("k"), tied);
}

TEST(Feeder, TheFenceIsBackAfterAStart) {
  ShardWorld world(smallOptions(), {.latency = 50_us, .answersCached = false});
  ASSERT_TRUE(world.open().ok());
  ASSERT_TRUE(world.put(recordOf("k", 100)));
  ASSERT_TRUE(world.drain().ok());
  world.die(0);
  ASSERT_TRUE(world.open().ok());
  EXPECT_FALSE(world.put(recordOf("k", 50))->applied);
  EXPECT_TRUE(world.put(recordOf("k", 150))->applied);
  EXPECT_EQ(world.shard->storeReads(), 1u);
}

TEST(Feeder, AWriteThatLookedBeforeTheFeedingStillMeetsTheTable) {
  ShardWorld world(smallOptions(), {.latency = 50_us, .answersCached = false});
  ASSERT_TRUE(world.open().ok());
  Record newer = recordOf("k", 200);
  Record older = recordOf("k", 100);
  OpId op{777};
  ASSERT_TRUE(world.shard->admit(op, RecordKind::value, 100).ok());
  EXPECT_FALSE(world.shard->lookForWrite(op, older).held);  // nothing is held yet
  ASSERT_TRUE(world.put(newer));
  world.settle();  // the newer one is fed; its table is held by the pin of 777
  EXPECT_EQ(world.shard->status().frozenTables, 1u);
  world.shard->append(op, older);
  world.loop.runUntil([&] { return world.outcomes.contains(op); });
  EXPECT_FALSE(world.outcomes.at(op).applied);
  EXPECT_EQ(world.outcomes.at(op).held, newer.version);
  EXPECT_EQ(world.shard->status().frozenTables, 0u);
  EXPECT_EQ(*world.get("k"), newer);

  // The log holds the older one behind what the store holds: the gate of the replay must see it.
  world.die(world.store.unflushedBatches());
  ASSERT_TRUE(world.open().ok());
  EXPECT_EQ(world.report.records, 1u);
  EXPECT_EQ(*world.get("k"), newer);
}

TEST(Feeder, AnAppendOfWhatTheStoreAlreadyBeatsChangesNothing) {
  ShardWorld world;
  ASSERT_TRUE(world.open().ok());
  ASSERT_TRUE(world.put(recordOf("k", 200)));
  world.settle();
  for (std::int64_t timestamp : {100, 200}) {
    OpId op{static_cast<std::uint64_t>(1000 + timestamp)};
    ASSERT_TRUE(world.shard->admit(op, RecordKind::value, 100).ok());
    EXPECT_TRUE(world.shard->lookForWrite(op, recordOf("k", timestamp)).held);
    world.shard->append(op, recordOf("k", timestamp));  // all the same
    world.settle(10_ms);
    EXPECT_EQ(world.outcomes.at(op).applied, timestamp == 200);
    EXPECT_EQ(world.outcomes.at(op).held, (Version{200, 7}));
    EXPECT_EQ(world.shard->status().tableRecords, 0u);
  }
  EXPECT_EQ((*world.get("k"))->version.timestamp, 200);
}

TEST(Feeder, AnAbandonedWriteHoldsNothingBack) {
  ShardWorld world;
  ASSERT_TRUE(world.open().ok());
  OpId op{777};
  ASSERT_TRUE(world.shard->admit(op, RecordKind::value, 100).ok());
  (void)world.shard->lookForWrite(op, recordOf("k", 1));
  ASSERT_TRUE(world.put(recordOf("other", 1)));
  world.settle();
  EXPECT_EQ(world.shard->status().frozenTables, 1u);
  world.shard->abandon(op);
  EXPECT_EQ(world.shard->status().frozenTables, 0u);
}

TEST(Feeder, WhatWasAbandonedAfterItsAppendIsKeptAllTheSame) {
  ShardWorld world;
  ASSERT_TRUE(world.open().ok());
  OpId op{777};
  ASSERT_TRUE(world.shard->admit(op, RecordKind::value, 100).ok());
  (void)world.shard->lookForWrite(op, recordOf("k", 1));
  world.shard->append(op, recordOf("k", 1));
  world.shard->abandon(op);
  world.settle(1_s);
  EXPECT_FALSE(world.outcomes.contains(op));
  EXPECT_TRUE((*world.get("k")).has_value()) << "it is in the log, so it is everywhere";
}

TEST(Feeder, WritesAreRefusedWhileTablesWait) {
  ShardWorld world(smallOptions(), {.latency = 1000_s});
  world.start();
  world.loop.runUntil([&] { return world.openedStatus.has_value(); }, 10000_s);
  int kept = 0;
  while (world.put(recordOf("k" + std::to_string(kept), 1 + kept, Bytes(300, 'x')))) ++kept;
  EXPECT_NE(world.refused.find("frozenTablesMax"), std::string::npos) << world.refused;
  EXPECT_EQ(world.shard->status().frozenTables, world.options_.frozenTablesMax);
  EXPECT_GT(kept, 20);
  world.settle(20000_s);
  EXPECT_TRUE(world.put(recordOf("again", 1)));
}

TEST(Feeder, WritesAreRefusedBeyondPendingBytesMax) {
  StorageOptions options = smallOptions();
  options.pendingBytesMax = 1000;
  ShardWorld world(options);
  ASSERT_TRUE(world.open().ok());
  EXPECT_TRUE(world.shard->admit(OpId{1001}, RecordKind::value, 5000).ok())
      << "alone, whatever its size";
  Status second = world.shard->admit(OpId{1002}, RecordKind::value, 1);
  ASSERT_FALSE(second.ok());
  EXPECT_EQ(second.error().kind, ErrorKind::overloaded);
  EXPECT_NE(second.error().message.find("pendingBytesMax"), std::string::npos);
  world.shard->abandon(OpId{1001});
  EXPECT_TRUE(world.shard->admit(OpId{1003}, RecordKind::value, 1000).ok());
}

TEST(Feeder, AFlushThatFailsIsFatal) {
  StorageOptions options = smallOptions();
  options.logBytesMax = 4096;
  ShardWorld world(options);
  kit::FailingStore failing(world.store);
  world.useStore(failing);
  ASSERT_TRUE(world.open().ok());
  failing.failFlushes = Error{ErrorKind::io, "broken"};
  for (int i = 0; i < 60 && !world.fatalCode; ++i)
    world.put(recordOf("k" + std::to_string(i), 1 + i, Bytes(200, 'x')));
  EXPECT_EQ(world.fatalCode, ports::ExitCode::engineFailed);
}

TEST(Feeder, ALookThatFailsIsAnErrorAndNoMore) {
  ShardWorld world;
  kit::FailingStore failing(world.store);
  failing.hideCache = true;
  world.useStore(failing);
  ASSERT_TRUE(world.open().ok());
  failing.failGets = Error{ErrorKind::io, "broken"};
  EXPECT_EQ(world.get("k").error().kind, ErrorKind::io);
  failing.failGets.reset();
  EXPECT_EQ(*world.get("k"), std::nullopt);
  EXPECT_FALSE(world.fatalCode);
}

}  // namespace
}  // namespace henge::storage
