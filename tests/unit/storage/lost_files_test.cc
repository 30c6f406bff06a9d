// Starts of a log whose files are missing, cut short, renamed, swapped or of another time.
#include <algorithm>
#include <gtest/gtest.h>

#include "server/storage/replay.h"
#include "server/storage/store_keys.h"
#include "tests/unit/storage/filled_log.h"
#include "tests/unit/storage/segment_builder.h"

namespace henge::storage {
namespace {

// What the simulator found: rows of a table that was fed in part are in the store, and the segment
// that would raise the fence above them is damaged. An older write must not pass.
TEST(Replay, AVersionDoesNotFallBelowRowsWhoseSegmentIsDamaged) {
  for (const bool missing : {false, true}) {
    SCOPED_TRACE(missing);
    ShardWorld world(smallOptions(), neverPersisting());
    ASSERT_TRUE(world.open().ok());
    ASSERT_TRUE(world.put(recordOf("a", 1000, Bytes(200, 'x'))));
    for (int i = 0; i < 30; ++i)
      ASSERT_TRUE(world.put(recordOf("b" + std::to_string(i), 1001, Bytes(200, 'x'))));
    world.settle(1_s);
    ASSERT_GT(world.segmentFiles().size(), 1u);
    world.die(1);  // the first batch of the first table was persisted
    ASSERT_TRUE(world.store.persisted().contains(dataKey("a")));
    ASSERT_FALSE(world.store.persisted().contains(appliedKey(0)));
    missing ? world.files.erase(pathOf(1)) : flip(world, 1, 300);
    ASSERT_TRUE(world.open().ok());
    ASSERT_EQ(world.report.damage.size(), 1u);
    const auto outcome = world.put(recordOf("a", 500));
    ASSERT_TRUE(outcome);
    EXPECT_FALSE(outcome->applied);
    EXPECT_EQ(outcome->held, (Version{1000, 7}));

    world.shard->acceptDamage();
    world.settle(1_s);
    world.die(0);
    ASSERT_TRUE(world.open().ok());
    EXPECT_FALSE(world.put(recordOf("a", 501))->applied) << "and is kept";
  }
}

TEST(Replay, AMissingSegmentIsDamage) {
  for (std::uint64_t id : {1ULL, 2ULL, 3ULL}) {
    ShardWorld world(smallOptions(), neverPersisting());
    fillLog(world);
    world.files.erase(pathOf(id));
    ASSERT_TRUE(world.open().ok());
    ASSERT_EQ(world.report.damage.size(), 1u) << id;
    EXPECT_EQ(world.report.damage.front().file, pathOf(id));
    EXPECT_NE(world.report.damage.front().reason.find("missing"), std::string::npos);
  }
}

// The last one in use, when the one after it is not there either.
TEST(Replay, ASegmentMissingAfterOneThatHasEndedIsDamage) {
  ShardWorld world(smallOptions(), neverPersisting());
  fillLog(world);
  std::vector<std::string> files = world.segmentFiles();
  std::uint64_t last = files.size() - 1;  // the last file is made ahead, and empty
  world.files.erase(pathOf(last));
  world.files.erase(pathOf(last + 1));
  ASSERT_TRUE(world.open().ok());
  ASSERT_EQ(world.report.damage.size(), 1u);
  EXPECT_EQ(world.report.damage.front().file, pathOf(last));
  EXPECT_NE(world.report.damage.front().reason.find("missing"), std::string::npos);
  EXPECT_TRUE(world.put(recordOf("goes on", 1000)));
}

// Also with the last one in use and the empty one after it, where nothing else gives it away.
TEST(Replay, TwoSegmentsSwappedAreDamageInBoth) {
  const std::uint64_t count = [] {
    ShardWorld world(smallOptions(), neverPersisting());
    fillLog(world);
    return world.segmentFiles().size();
  }();
  ASSERT_GE(count, 4u);
  for (std::uint64_t a = 1; a < count; ++a)
    for (std::uint64_t b = a + 1; b <= count; ++b) {
      ShardWorld world(smallOptions(), neverPersisting());
      fillLog(world);
      ASSERT_TRUE(world.files.swapFiles(pathOf(a), pathOf(b)));
      ASSERT_TRUE(world.open().ok());
      std::vector<std::string> damaged;
      for (const LogDamage& damage : world.report.damage) damaged.push_back(damage.file);
      EXPECT_NE(std::find(damaged.begin(), damaged.end(), pathOf(a)), damaged.end()) << a << b;
      EXPECT_NE(std::find(damaged.begin(), damaged.end(), pathOf(b)), damaged.end()) << a << b;
      EXPECT_EQ(damaged.size(), 2u);
    }
}

TEST(Replay, ARenamedSegmentIsDamageWhereItIsMissingAndWhereItIs) {
  for (std::uint64_t id : {1ULL, 2ULL, 3ULL}) {
    ShardWorld world(smallOptions(), neverPersisting());
    fillLog(world);
    Bytes file = *world.files.contents(pathOf(id));
    std::uint64_t next = world.segmentFiles().size() + 1;
    world.files.erase(pathOf(id));
    world.files.put(pathOf(next), file);
    ASSERT_TRUE(world.open().ok());
    ASSERT_EQ(world.report.damage.size(), 3u) << id;
    EXPECT_EQ(world.report.damage[0].file, pathOf(id));
    EXPECT_NE(world.report.damage[0].reason.find("missing"), std::string::npos);
    // The one made ahead, which is empty, cannot be followed by one that is not.
    EXPECT_EQ(world.report.damage[1].file, pathOf(next - 1));
    EXPECT_EQ(world.report.damage[2].file, pathOf(next));
    EXPECT_NE(world.report.damage[2].reason.find("holds segment"), std::string::npos);
  }
}

TEST(Replay, ACopyOfAnotherSegmentIsDamage) {
  ShardWorld world(smallOptions(), neverPersisting());
  fillLog(world);
  world.files.put(pathOf(3), *world.files.contents(pathOf(2)));
  ASSERT_TRUE(world.open().ok());
  ASSERT_EQ(world.report.damage.size(), 1u);
  EXPECT_EQ(world.report.damage[0].file, pathOf(3));
  EXPECT_TRUE(world.files.contents("log/0/quarantine/" + segmentName(3)));
}

TEST(Replay, ALogThatIsGoneIsDamageIfTheStoreKnowsOfOne) {
  ShardWorld world;
  fillLog(world);
  ASSERT_TRUE(world.open().ok());
  ASSERT_TRUE(world.drain().ok());
  world.die(0);
  for (const std::string& path : world.files.paths()) world.files.erase(path);
  ASSERT_TRUE(world.open().ok());
  ASSERT_EQ(world.report.damage.size(), 1u);
  EXPECT_NE(world.report.damage[0].reason.find("the log is older than the store, or was removed"),
            std::string::npos);
}

// Either half of a directory put back from a copy: the store is ahead of the log, or behind it.
TEST(Replay, AnOlderLogUnderANewerStoreIsDamage) {
  ShardWorld world;
  fillLog(world);
  const kit::FakeFiles older = world.files;
  ASSERT_TRUE(world.open().ok());
  for (int i = 0; i < 60; ++i)
    ASSERT_TRUE(world.put(recordOf("l" + std::to_string(i), 100 + i, Bytes(200, 'x'))));
  ASSERT_TRUE(world.drain().ok());
  world.die(0);
  world.files = older;
  ASSERT_TRUE(world.open().ok());
  ASSERT_EQ(world.report.damage.size(), 1u);
  EXPECT_NE(world.report.damage[0].reason.find("the log is older than the store"),
            std::string::npos);
  EXPECT_FALSE(world.report.damage[0].keys);
}

// A copy of the log from within the segment that the store's position lies in: no file is missing.
TEST(Replay, ALogThatEndsAmidTheStoresLastSegmentIsDamage) {
  ShardWorld world;
  ASSERT_TRUE(world.open().ok());
  ASSERT_TRUE(world.put(recordOf("a", 1)));
  world.settle(200_ms);
  const kit::FakeFiles older = world.files;
  ASSERT_TRUE(world.put(recordOf("b", 2)));
  ASSERT_TRUE(world.drain().ok());
  const LogPosition applied = world.shard->status().applied;
  ASSERT_EQ(applied.segment, 1u);
  world.die(0);
  const kit::FakeFiles newest = world.files;
  world.files = older;
  ASSERT_TRUE(world.open().ok());
  ASSERT_EQ(world.report.damage.size(), 1u);
  EXPECT_EQ(world.report.damage[0].file, pathOf(1));
  EXPECT_NE(toString(world.report.damage[0]).find("older than the store"), std::string::npos);
  EXPECT_EQ(world.report.unaccepted, world.report.damage);
  world.die(0);
  ASSERT_TRUE(world.open().ok());
  EXPECT_EQ(world.report.unaccepted.size(), 1u) << "at every start";

  world.die(0);
  world.files = newest;
  ASSERT_TRUE(world.open().ok());
  EXPECT_TRUE(world.report.damage.empty()) << "the right one";
}

TEST(Replay, AnOlderStoreUnderANewerLogIsDamage) {
  ShardWorld world;
  fillLog(world);
  ASSERT_TRUE(world.open().ok());
  ASSERT_TRUE(world.drain().ok());
  world.settle(1_s);  // what the store holds is dropped
  world.die(0);
  MemoryStore empty(world.loop, world.loop, {});
  world.useStore(empty);
  ASSERT_TRUE(world.open().ok());
  ASSERT_EQ(world.report.damage.size(), 1u);
  EXPECT_NE(world.report.damage[0].reason.find("the store is older than the log"),
            std::string::npos);
}

TEST(Replay, ACutSegmentFileIsDamage) {
  ShardWorld world(smallOptions(), neverPersisting());
  fillLog(world);
  world.files.put(pathOf(2), world.files.contents(pathOf(2))->substr(0, 1000));
  ASSERT_TRUE(world.open().ok());
  ASSERT_EQ(world.report.damage.size(), 1u);
  EXPECT_EQ(world.report.damage.front().file, pathOf(2));
}

// A segment has its full size before it has its name.
TEST(Replay, ASegmentShorterThanItsHeaderIsDamageByNameAndEndsNoProcess) {
  for (const std::uint64_t id : {1ULL, 2ULL}) {
    for (const std::size_t bytes : {0U, 1U, 15U, 16U, 127U}) {
      SCOPED_TRACE(segmentName(id) + " cut to " + std::to_string(bytes));
      ShardWorld world(smallOptions(), neverPersisting());
      fillLog(world);
      world.files.put(pathOf(id), world.files.contents(pathOf(id))->substr(0, bytes));
      ASSERT_TRUE(world.open().ok());
      ASSERT_EQ(world.report.damage.size(), 1u);
      EXPECT_EQ(world.report.damage.front().file, pathOf(id));
      EXPECT_EQ(world.report.damage.front().offset, 0u);
      EXPECT_EQ(world.files.contents("log/0/quarantine/" + segmentName(id))->size(), bytes);
      EXPECT_GT(world.scanAll(1000).size(), 30u) << "the other segments are brought back";
      EXPECT_TRUE(world.put(recordOf("k", 1000)));
    }
  }
}

TEST(Replay, TwoSegmentsThatChangedPlacesAreDamage) {
  ShardWorld world(smallOptions(), neverPersisting());
  fillLog(world);
  Bytes second = *world.files.contents(pathOf(2));
  world.files.put(pathOf(2), *world.files.contents(pathOf(3)));
  world.files.put(pathOf(3), second);
  ASSERT_TRUE(world.open().ok());
  EXPECT_EQ(world.report.damage.size(), 2u);
}

}  // namespace
}  // namespace henge::storage
