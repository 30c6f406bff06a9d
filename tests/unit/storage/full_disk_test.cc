// A shard on a disk that fills up, and a store that finds no space or is damaged.
#include <gtest/gtest.h>

#include "server/storage/mending.h"
#include "tests/kit/failing_store.h"
#include "tests/unit/storage/shard_world.h"

namespace henge::storage {
namespace {

const Error noSpace{ErrorKind::diskFull, "no space left on device"};
const Error damage{ErrorKind::corrupt, "block checksum mismatch in 000012.sst"};

StorageOptions withBallast() {
  StorageOptions options = smallOptions();
  options.ballastBytes = 20'000;
  return options;
}

// Persists nothing by itself.
MemoryStoreOptions lazy() {
  return {.latency = 50_us, .answersCached = true, .unflushedBatchesMax = 1'000'000};
}

Record tombstoneOf(const Bytes& key, std::int64_t timestamp) {
  Record record = recordOf(key, timestamp, "");
  record.kind = RecordKind::tombstone;
  return record;
}

bool saysOf(const ShardWorld& world, const std::string& words) {
  for (const std::string& line : world.events)
    if (line.find(words) != std::string::npos) return true;
  return false;
}

class FullDisk : public testing::Test {
 protected:
  FullDisk() {
    world_.useStore(store_);
    EXPECT_TRUE(world_.open().ok());
  }

  // Several segments' worth, in the store by then, nothing of it persisted.
  void fill(int records = 60) {
    for (int i = 0; i < records; ++i) {
      const Record record = recordOf("k" + std::to_string(i % 40), 1000 + i, Bytes(150, 'x'));
      ASSERT_TRUE(world_.put(record)) << world_.refused;
      kept_[record.key] = record.version;
    }
    world_.settle(30_s);
    ASSERT_EQ(world_.shard->status().frozenTables, 0U);
  }
  void leave(std::uint64_t bytes) {
    world_.files.setCapacity(world_.files.bytesUsed() + bytes);
    world_.settle(2_s);
    (void)world_.put(tombstoneOf("probe", 1));  // a write comes: the disk is asked
    world_.settle(2_s);
  }
  void expectAllKept() {
    for (const auto& [key, version] : kept_) {
      const auto held = world_.get(key);
      ASSERT_TRUE(held.ok()) << held.error().message;
      ASSERT_TRUE(held->has_value()) << key << " is lost";
      EXPECT_EQ((*held)->version, version) << key;
    }
  }

  MemoryStore inner_{world_.loop, world_.loop, lazy()};
  kit::FailingStore store_{inner_};
  ShardWorld world_{withBallast()};
  std::map<Bytes, Version> kept_;
};

TEST_F(FullDisk, PutsAreRefusedByNameReadsGoOnAndRemovesMayTakeTheBallast) {
  fill();
  leave(15'000);
  EXPECT_FALSE(world_.put(recordOf("new", 5000)));
  EXPECT_NE(world_.refused.find("diskFull: "), std::string::npos) << world_.refused;
  EXPECT_NE(world_.refused.find("ballast 20000"), std::string::npos) << world_.refused;
  EXPECT_EQ(world_.shard->admit(OpId{777}, RecordKind::value, 1).error().kind, ErrorKind::diskFull);
  EXPECT_FALSE(world_.shard->status().refusal.empty());
  expectAllKept();
  EXPECT_TRUE(world_.put(tombstoneOf("k1", 6000))) << world_.refused;
  EXPECT_FALSE(world_.fatalCode);
}

TEST_F(FullDisk, RemovesEndWithTheBallast) {
  fill();
  leave(15'000);
  world_.settle(30_s);  // what is in the log is flushed meanwhile
  leave(0);
  EXPECT_FALSE(world_.put(tombstoneOf("k1", 6000)));
  EXPECT_NE(world_.refused.find("before a remove"), std::string::npos) << world_.refused;
}

TEST_F(FullDisk, PutsGoOnWithinTenSecondsAfterSpaceIsThere) {
  fill();
  leave(15'000);
  ASSERT_FALSE(world_.put(recordOf("new", 5000)));
  world_.settle(600_s);
  world_.files.setCapacity(std::nullopt);
  world_.settle(10_s);
  EXPECT_TRUE(world_.put(recordOf("new", 5000))) << world_.refused;
  EXPECT_TRUE(world_.shard->status().refusal.empty());
  int said = 0;
  for (const std::string& line : world_.events) said += line.find("space") != std::string::npos;
  EXPECT_EQ(said, 2) << "when it began, and when it ended";
}

TEST_F(FullDisk, WhatIsPersistedGivesItsSegmentsBack) {
  fill();
  ASSERT_GT(world_.shard->status().segments, 1U);
  leave(15'000);
  world_.settle(5_s);
  EXPECT_EQ(world_.shard->status().segments, 1U) << "of the probe; the rest was flushed";
}

TEST_F(FullDisk, AStoreWithoutSpaceAnswersReadsUntilItIsOpenedAnew) {
  fill();
  world_.files.setCapacity(world_.files.bytesUsed());
  store_.breakDown(noSpace);
  world_.settle(60_s);
  EXPECT_FALSE(world_.fatalCode);
  EXPECT_EQ(store_.reopened, 0);
  expectAllKept();
  EXPECT_FALSE(world_.put(tombstoneOf("k1", 6000)));
  EXPECT_NE(world_.refused.find("no space left on device"), std::string::npos) << world_.refused;
  EXPECT_NE(world_.shard->status().refusal.find("opened anew"), std::string::npos);

  world_.files.setCapacity(std::nullopt);
  world_.settle(10_s);
  EXPECT_EQ(store_.reopened, 1);
  expectAllKept();
  EXPECT_TRUE(world_.put(recordOf("k1", 7000))) << world_.refused;
  EXPECT_TRUE(world_.shard->status().refusal.empty());
  EXPECT_TRUE(saysOf(world_, "the store holds everything again"));
}

TEST_F(FullDisk, WhoReadsMeanwhileIsToldRebuildingNeverAbsent) {
  fill();
  store_.breakDown(noSpace);
  int rebuilding = 0;
  for (int i = 0; i < 20'000 && store_.reopened == 0; ++i) ASSERT_TRUE(world_.loop.step());
  ASSERT_EQ(store_.reopened, 1);
  while (!saysOf(world_, "the store holds everything again")) {
    const auto held = world_.get("k7");  // in the store alone
    if (held.ok()) {
      EXPECT_TRUE(held->has_value());
    } else {
      EXPECT_EQ(held.error().kind, ErrorKind::rebuilding);
      ++rebuilding;
    }
  }
  EXPECT_GT(rebuilding, 0);
  expectAllKept();
}

TEST_F(FullDisk, ATableThatWasBeingFedIsFedOnceMore) {
  fill();
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(world_.put(recordOf("late", 9000 + i)));
  kept_["late"] = {9009, 7};
  store_.failWrites = noSpace;
  world_.settle(20_s);  // its segment has ended by age, and was to be fed
  EXPECT_EQ(store_.reopened, 1);
  world_.settle(20_s);
  expectAllKept();
  ASSERT_TRUE(world_.drain().ok());
  EXPECT_TRUE(inner_.persisted().size() > kept_.size());
}

TEST_F(FullDisk, AStoreThatFindsNoSpaceAgainIsTriedAgain) {
  fill();
  store_.failReopens = noSpace;
  store_.breakDown(noSpace);
  world_.settle(30_s);
  EXPECT_FALSE(world_.fatalCode);
  EXPECT_TRUE(world_.damaged.empty());
  EXPECT_EQ(world_.get("k7").error().kind, ErrorKind::rebuilding);
  store_.failReopens.reset();
  world_.settle(10_s);
  expectAllKept();
}

TEST_F(FullDisk, ALogThatCannotGiveBackWhatTheStoreLostCostsTheVote) {
  fill();
  world_.sideDisk->failAlways(kit::DiskCall::read, {ErrorKind::io, "bad sector"});
  store_.breakDown(noSpace);
  world_.settle(10_s);
  ASSERT_EQ(world_.damaged.size(), 1U);
  EXPECT_NE(world_.damaged[0].find("log/0/segment-"), std::string::npos) << world_.damaged[0];
  EXPECT_NE(world_.damaged[0].find("bad sector"), std::string::npos) << world_.damaged[0];
  EXPECT_EQ(world_.get("k7").error().kind, ErrorKind::rebuilding);
}

TEST_F(FullDisk, ADamagedStoreIsAskedForNothingAnyMore) {
  fill();
  store_.breakDown(damage);
  store_.breakDown(damage);
  world_.settle(60_s);
  EXPECT_FALSE(world_.fatalCode);
  EXPECT_EQ(world_.damaged, std::vector<std::string>{"the store is damaged: " + damage.message});
  EXPECT_EQ(world_.get("k7").error().kind, ErrorKind::rebuilding);
  EXPECT_EQ(world_.get("nowhere").error().kind, ErrorKind::rebuilding);
  EXPECT_EQ(world_.shard->admit(OpId{777}, RecordKind::value, 1).error().kind,
            ErrorKind::rebuilding);
  EXPECT_EQ(store_.reopened, 0);
}

TEST_F(FullDisk, AStoreThatIsFoundDamagedAtTheStartIsSaidAndEverybodyIsToldRebuilding) {
  fill();
  world_.die(0);
  for (const bool replaying : {true, false}) {
    store_.heal();
    (replaying ? store_.failWrites : store_.failPersisted) = damage;
    store_.failGets = damage;
    ASSERT_TRUE(world_.open().ok());
    ASSERT_FALSE(world_.report.damage.empty());
    EXPECT_EQ(world_.report.damage.back().file, "store");
    EXPECT_EQ(world_.report.damage.back(), world_.report.unaccepted.back());
    EXPECT_TRUE(world_.report.damage.back().reason.ends_with(damage.message));
    EXPECT_EQ(world_.get("k7").error().kind, ErrorKind::rebuilding);
    EXPECT_EQ(world_.shard->admit(OpId{777}, RecordKind::value, 1).error().kind,
              ErrorKind::rebuilding);
    EXPECT_EQ(world_.drain().error().kind, ErrorKind::rebuilding);
    EXPECT_TRUE(world_.damaged.empty()) << "it was in the report";
    world_.die(0);
  }
  store_.heal();
  store_.failPersisted.reset();
  ASSERT_TRUE(world_.open().ok());
  EXPECT_TRUE(world_.report.damage.empty());
  expectAllKept();
}

// The engine tells the watch of a read that failed before whoever has asked.
TEST_F(FullDisk, AStoreThatALookUpOfTheReplayFindsDamagedIsSaidOnce) {
  fill();
  for (int i = 0; i < 200; ++i)
    ASSERT_TRUE(world_.put(recordOf("m" + std::to_string(i), 1000, Bytes(150, 'x'))));
  (void)world_.put(recordOf("k7", 1));  // late, and no table has it: the replay asks the store
  world_.settle(30_s);
  inner_.crash(0);
  world_.die(0);
  store_.hideCache = true;
  store_.tellsFirst = true;
  store_.failGets = damage;
  ASSERT_TRUE(world_.open().ok());
  world_.settle(10_s);
  ASSERT_FALSE(world_.report.damage.empty());
  EXPECT_EQ(world_.report.damage.back().file, "store");
  EXPECT_EQ(world_.get("k7").error().kind, ErrorKind::rebuilding);
}

TEST_F(FullDisk, DamageIsNoticedBehindAFullDisk) {
  fill();
  world_.files.setCapacity(world_.files.bytesUsed());
  store_.breakDown(noSpace);
  world_.settle(5_s);
  store_.breakDown(damage);
  world_.files.setCapacity(std::nullopt);
  world_.settle(60_s);
  EXPECT_EQ(world_.damaged.size(), 1U);
  EXPECT_EQ(store_.reopened, 0);
}

TEST_F(FullDisk, AStopSaysWhyTheStoreHasNotEverythingAndTheLogHas) {
  fill();
  world_.files.setCapacity(world_.files.bytesUsed() + 3 * world_.options_.segmentBytes);
  store_.breakDown(noSpace);
  const Status drained = world_.drain();
  ASSERT_FALSE(drained.ok());
  EXPECT_EQ(drained.error().kind, ErrorKind::diskFull);
  world_.files.setCapacity(std::nullopt);
  inner_.crash(0);
  store_.heal();
  world_.die(0);
  ASSERT_TRUE(world_.open().ok());
  EXPECT_TRUE(world_.report.damage.empty());
  expectAllKept();
}

// A crash after each event, from the store's failure until it is whole again.
TEST(Mending, ACrashAtAnyMomentLosesNothing) {
  int crashes = 0;
  for (int steps = 0;; ++steps) {
    ShardWorld world(smallOptions());
    MemoryStore inner(world.loop, world.loop, lazy());
    kit::FailingStore store(inner);
    world.useStore(store);
    ASSERT_TRUE(world.open().ok());
    for (int i = 0; i < 40; ++i)
      ASSERT_TRUE(world.put(recordOf("k" + std::to_string(i), 1 + i, Bytes(150, 'x'))));
    world.settle(12_s);
    if (steps % 2 == 0) {
      ASSERT_TRUE(world.put(recordOf("k1", 500)));
    }
    store.breakDown(noSpace);
    for (int i = 0; i < steps; ++i) ASSERT_TRUE(world.loop.step());
    const bool whole = saysOf(world, "the store holds everything again");
    inner.crash(steps % 4 == 0 ? 0 : inner.unflushedBatches());
    store.heal();
    world.die(0);
    world.files.powerCut();
    ASSERT_TRUE(world.open().ok());
    ++crashes;
    EXPECT_TRUE(world.report.damage.empty());
    ASSERT_EQ(world.scanAll(100).size(), 40U) << "after " << steps << " events";
    EXPECT_EQ((*world.get("k1"))->version.timestamp, steps % 2 == 0 ? 500 : 2);
    if (whole) break;
  }
  EXPECT_GT(crashes, 20);
}

}  // namespace
}  // namespace henge::storage
