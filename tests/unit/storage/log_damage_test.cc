// What was synced and cannot be read: named, kept aside, told until it is accepted.
#include <gtest/gtest.h>
#include <map>

#include "server/storage/replay.h"
#include "server/storage/segment_reader.h"
#include "server/storage/store_keys.h"
#include "tests/unit/storage/filled_log.h"

namespace henge::storage {
namespace {

TEST(LogDamage, DamageIsNamedMovedAwayAndTheRestBroughtBack) {
  ShardWorld world(smallOptions(), neverPersisting());
  fillLog(world);
  Bytes before = *world.files.contents(pathOf(2));
  flip(world, 2, 700);
  Status opened = world.open();
  ASSERT_TRUE(opened.ok()) << opened.error().message;
  ASSERT_EQ(world.report.damage.size(), 1u);
  const LogDamage& damage = world.report.damage.front();
  EXPECT_EQ(damage.file, pathOf(2));
  EXPECT_LE(damage.offset, 700u);
  EXPECT_GT(damage.offset, 400u);
  ASSERT_TRUE(damage.keys) << "the trailer tells";
  EXPECT_EQ(damage.recordsMax, 1u);
  EXPECT_EQ(world.report.unaccepted, world.report.damage);
  EXPECT_NE(world.events.front().find(toString(damage)), std::string::npos);
  EXPECT_EQ(world.scanAll(1000).size(), 49u) << "one batch of one record is lost";
  auto moved = world.files.contents("log/0/quarantine/" + segmentName(2));
  ASSERT_TRUE(moved) << "kept for people to look at";
  EXPECT_EQ(moved->size(), before.size());
  EXPECT_FALSE(world.files.contents(pathOf(2)));

  world.die(0);
  ASSERT_TRUE(world.open().ok());
  EXPECT_TRUE(world.report.damage.empty()) << "it is in the store's past now";
  EXPECT_EQ(world.report.quarantined.size(), 2u) << "the segment and what was wrong with it";
}

TEST(LogDamage, DamageIsNotForgottenByACrashAmidTheStart) {
  for (int steps = 0; steps < 120; ++steps) {
    ShardWorld world(smallOptions(), neverPersisting());
    fillLog(world);
    flip(world, 2, 700);
    world.start();
    for (int i = 0; i < steps; ++i) world.loop.step();
    bool knew = world.openedStatus.has_value();
    world.die(world.store.unflushedBatches());
    world.files.powerCut();
    ASSERT_TRUE(world.open().ok());
    EXPECT_TRUE(knew || !world.report.damage.empty() || !world.report.quarantined.empty()) << steps;
    EXPECT_TRUE(world.files.contents("log/0/quarantine/" + segmentName(2))) << steps;
    EXPECT_EQ(world.scanAll(1000).size(), 49u) << steps;
  }
}

TEST(LogDamage, WhatNobodyHasAcceptedIsToldAtEveryStart) {
  ShardWorld world(smallOptions(), neverPersisting());
  fillLog(world);
  flip(world, 2, 700);
  ASSERT_TRUE(world.open().ok());
  const std::vector<LogDamage> lost = world.report.damage;
  ASSERT_EQ(lost.size(), 1u);
  for (int start = 0; start < 2; ++start) {
    world.die(0);
    world.files.powerCut();
    ASSERT_TRUE(world.open().ok());
    EXPECT_TRUE(world.report.damage.empty());
    EXPECT_EQ(world.report.unaccepted, lost);
    EXPECT_EQ(world.shard->log().damage, lost);
  }
  world.shard->acceptDamage();
  EXPECT_TRUE(world.shard->log().damage.empty());
  world.settle(1_s);
  world.die(0);
  world.files.powerCut();
  ASSERT_TRUE(world.open().ok());
  EXPECT_TRUE(world.report.unaccepted.empty());
  EXPECT_EQ(world.report.quarantined.size(), 2u) << "nothing is ever removed";
  EXPECT_TRUE(world.files.contents("log/0/quarantine/" + segmentName(2)));
}

TEST(LogDamage, ANoteThatCannotBeReadTakesTheVoteForAnyKey) {
  ShardWorld world(smallOptions(), neverPersisting());
  fillLog(world);
  flip(world, 2, 700);
  ASSERT_TRUE(world.open().ok());
  world.die(0);
  const std::string note = "log/0/quarantine/" + noteName(2);
  Bytes text = *world.files.contents(note);
  const std::size_t least = text.find("least 6");
  ASSERT_NE(least, Bytes::npos) << text;
  text[least + 6] = '7';
  world.files.put(note, text);
  ASSERT_TRUE(world.open().ok());
  ASSERT_EQ(world.report.unaccepted.size(), 1u);
  EXPECT_FALSE(world.report.unaccepted.front().keys) << "less would be a lie";
  EXPECT_TRUE(world.report.unaccepted.front().file.ends_with(segmentName(2)));
}

TEST(LogDamage, WhatMayBeLostIsBoundedByTheTrailer) {
  ShardWorld world(smallOptions(), neverPersisting());
  ASSERT_TRUE(world.open().ok());
  for (int i = 0; i < 60; ++i)
    ASSERT_TRUE(world.put(recordOf("k" + std::to_string(100 + i), 1 + i, Bytes(200, 'x'))));
  world.settle(200_ms);
  world.die(0);
  const auto kept = [&](std::uint64_t id) {
    auto content = readSegment(*world.files.contents(pathOf(id)), testOwner(), id, {});
    return KeyBounds{content->trailer->summary.leastKey, content->trailer->summary.greatestKey};
  };
  const KeyBounds bounds = kept(2);
  EXPECT_EQ(bounds.least.size(), 4u);
  flip(world, 2, 700);
  ASSERT_TRUE(world.open().ok());
  EXPECT_EQ(world.report.damage.at(0).keys, bounds);
  EXPECT_EQ(world.report.damage.at(0).recordsMax, 1u);
}

TEST(LogDamage, WithoutATrailerAnyKeyMayBeLost) {
  ShardWorld world(smallOptions(), neverPersisting());
  fillLog(world);
  const LogPosition end{
      2, readSegment(*world.files.contents(pathOf(2)), testOwner(), 2, {})->endOffset};
  flip(world, 2, end.offset - 1);  // in the trailer
  ASSERT_TRUE(world.open().ok());
  ASSERT_EQ(world.report.damage.size(), 1u);
  EXPECT_FALSE(world.report.damage[0].keys);
  EXPECT_FALSE(world.report.damage[0].recordsMax);
  EXPECT_NE(toString(world.report.damage[0]).find("any key of this node"), std::string::npos);
}

TEST(LogDamage, OnStopEveryDamageIsNamedAndNothingIsChanged) {
  StorageOptions options = smallOptions();
  options.onLogDamage = OnLogDamage::stop;
  ShardWorld world(options, neverPersisting());
  fillLog(world);
  flip(world, 2, 700);
  world.files.erase(pathOf(3));
  std::map<std::string, Bytes> before;
  for (const std::string& path : world.files.paths()) before[path] = *world.files.contents(path);
  Status opened = world.open();
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().kind, ErrorKind::corrupt);
  ASSERT_EQ(world.report.damage.size(), 2u);
  for (const LogDamage& damage : world.report.damage)
    EXPECT_NE(opened.error().message.find(toString(damage)), std::string::npos);
  EXPECT_NE(opened.error().message.find("--on_log_damage=quarantine"), std::string::npos);
  world.settle(60_s);
  std::map<std::string, Bytes> after;
  for (const std::string& path : world.files.paths()) after[path] = *world.files.contents(path);
  EXPECT_EQ(after, before);
  EXPECT_TRUE(world.store.persisted().empty());

  world.die(0);
  world.options_.onLogDamage = OnLogDamage::quarantine;
  ASSERT_TRUE(world.open().ok());
  EXPECT_EQ(world.report.damage.size(), 2u) << "the same, by the other policy";
}

TEST(LogDamage, OnStopALogWithoutDamageIsReplayedAsEver) {
  StorageOptions options = smallOptions();
  options.onLogDamage = OnLogDamage::stop;
  ShardWorld world(options, neverPersisting());
  fillLog(world);
  ASSERT_TRUE(world.open().ok());
  EXPECT_EQ(world.report.records, 50u);
  EXPECT_EQ(world.scanAll(1000).size(), 50u);
}

TEST(LogDamage, AVersionDoesNotFallBelowRowsWhoseSegmentIsDamaged) {
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

TEST(LogDamage, AnOlderLogUnderANewerStoreIsDamage) {
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

TEST(LogDamage, ALogThatEndsAmidTheStoresLastSegmentIsDamage) {
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

TEST(LogDamage, AnOlderStoreUnderANewerLogIsDamage) {
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

}  // namespace
}  // namespace henge::storage
