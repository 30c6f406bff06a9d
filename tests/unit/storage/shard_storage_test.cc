#include "server/storage/shard_storage.h"

#include <gtest/gtest.h>

#include "tests/kit/failing_store.h"
#include "tests/unit/storage/shard_world.h"

namespace henge::storage {
namespace {

TEST(ShardStorage, KeepsWhatItWasGiven) {
  ShardWorld world;
  ASSERT_TRUE(world.open().ok());
  Record record = recordOf("k", 100, Bytes("a\0b", 3));
  record.extensions[77] = "later";
  auto outcome = world.put(record);
  ASSERT_TRUE(outcome);
  EXPECT_TRUE(outcome->applied);
  auto held = world.get("k");
  ASSERT_TRUE(held.ok() && held->has_value());
  EXPECT_EQ(**held, record);
  EXPECT_EQ((*held)->extensions, record.extensions);
  EXPECT_EQ(*world.get("other"), std::nullopt);
}

TEST(ShardStorage, TheNewerOneStaysWhateverComesLast) {
  ShardWorld world;
  ASSERT_TRUE(world.open().ok());
  EXPECT_TRUE(world.put(recordOf("k", 200))->applied);
  auto older = world.put(recordOf("k", 100));
  EXPECT_FALSE(older->applied);
  EXPECT_EQ(older->held, (Version{200, 7}));
  EXPECT_TRUE(world.put(recordOf("k", 200))->applied) << "an equal one is held";
  EXPECT_EQ((*world.get("k"))->version.timestamp, 200);
}

TEST(ShardStorage, TwoWritesOfOneKeyInOneBatchMeetAtTheTable) {
  ShardWorld world;
  ASSERT_TRUE(world.open().ok());
  OpId newer = world.write(recordOf("k", 200));
  OpId older = world.write(recordOf("k", 100));  // looked before the newer one was inserted
  world.settle(1_s);
  EXPECT_TRUE(world.outcomes.at(newer).applied);
  EXPECT_FALSE(world.outcomes.at(older).applied);
  EXPECT_EQ(world.outcomes.at(older).held, (Version{200, 7}));
}

TEST(ShardStorage, ReadsShowNothingBeforeItIsSynced) {
  ShardWorld world;
  ASSERT_TRUE(world.open().ok());
  OpId op = world.write(recordOf("k", 100));
  while (!world.outcomes.contains(op)) {
    EXPECT_EQ(*world.get("k"), std::nullopt);
    ASSERT_TRUE(world.loop.step());
  }
  EXPECT_TRUE((*world.get("k")).has_value());
}

TEST(ShardStorage, APowerCutLosesNothingThatWasAnswered) {
  ShardWorld world;
  ASSERT_TRUE(world.open().ok());
  for (int i = 0; i < 100; ++i)
    ASSERT_TRUE(world.put(recordOf("k" + std::to_string(i % 37), 1000 + i, Bytes(60, 'x'))));
  world.die(0);
  world.files.powerCut();
  ASSERT_TRUE(world.open().ok());
  EXPECT_TRUE(world.report.damage.empty());
  EXPECT_GE(world.report.records, 1u);
  for (int i = 63; i < 100; ++i)
    EXPECT_EQ((*world.get("k" + std::to_string(i % 37)))->version.timestamp, 1000 + i);
}

TEST(ShardStorage, ASecondReplayChangesNothing) {
  ShardWorld world;
  ASSERT_TRUE(world.open().ok());
  for (int i = 0; i < 80; ++i)
    ASSERT_TRUE(world.put(recordOf("k" + std::to_string(i), 5000 - i, Bytes(80, 'y'))));
  auto before = world.scanAll(7);
  for (int start = 0; start < 3; ++start) {
    world.die(start == 1 ? world.store.unflushedBatches() : 0);
    ASSERT_TRUE(world.open().ok());
    EXPECT_EQ(world.scanAll(5), before);
  }
}

TEST(ShardStorage, ACleanStopLeavesNothingToReplay) {
  ShardWorld world;
  ASSERT_TRUE(world.open().ok());
  for (int i = 0; i < 90; ++i)
    ASSERT_TRUE(world.put(recordOf("k" + std::to_string(i), 1 + i, Bytes(70, 'z'))));
  ASSERT_TRUE(world.drain().ok());
  EXPECT_FALSE(world.shard->admit(OpId{9999}, RecordKind::value, 1).ok());
  world.die(0);
  world.files.powerCut();
  ASSERT_TRUE(world.open().ok());
  EXPECT_EQ(world.report.records, 0u);
  EXPECT_EQ(world.report.segments, 0u);
  EXPECT_TRUE(world.report.damage.empty());
  EXPECT_EQ(world.scanAll(1000).size(), 90u);
}

TEST(ShardStorage, DrainAnswersWhatStillWaits) {
  ShardWorld world;
  ASSERT_TRUE(world.open().ok());
  OpId op = world.write(recordOf("k", 1));
  ASSERT_TRUE(world.drain().ok());
  EXPECT_TRUE(world.outcomes.at(op).applied);
}

TEST(ShardStorage, ScansMergeTablesAndStoreInOrder) {
  ShardWorld world;
  ASSERT_TRUE(world.open().ok());
  for (int i = 0; i < 60; ++i)
    ASSERT_TRUE(world.put(recordOf("k" + std::to_string(100 + i), 1 + i, Bytes(90, 'a'))));
  world.settle();  // into the store
  for (int i = 0; i < 60; i += 3)
    ASSERT_TRUE(world.put(recordOf("k" + std::to_string(100 + i), 500 + i, "new")));
  Record removed = recordOf("k101", 900, "");
  removed.kind = RecordKind::tombstone;
  ASSERT_TRUE(world.put(removed));
  auto all = world.scanAll(7);
  ASSERT_EQ(all.size(), 60u);
  for (int i = 0; i < 60; ++i) {
    const Record& record = all[static_cast<std::size_t>(i)];
    EXPECT_EQ(record.key, "k" + std::to_string(100 + i));
    EXPECT_EQ(record.value == "new", i % 3 == 0);
  }
  EXPECT_TRUE(all[1].isTombstone());
  EXPECT_EQ(world.scanAll(7, "k110", "k120").size(), 10u);
  EXPECT_EQ(world.shard->approximateRecords("k110", "k120"), 10u);
  EXPECT_EQ(world.shard->approximateRecords("", ""), 60u);
}

TEST(ShardStorage, AStoreThatFailsToWriteIsFatal) {
  ShardWorld world;
  kit::FailingStore failing(world.store);
  world.useStore(failing);
  ASSERT_TRUE(world.open().ok());
  failing.failWrites = Error{ErrorKind::io, "broken"};
  ASSERT_TRUE(world.put(recordOf("k", 1)));
  world.settle();  // its segment ends by age, and is fed
  EXPECT_EQ(world.fatalCode, ports::ExitCode::engineFailed);
}

}  // namespace
}  // namespace henge::storage
