#include "server/storage/replay.h"

#include <gtest/gtest.h>

#include "server/storage/segment_names.h"
#include "server/storage/store_keys.h"
#include "tests/unit/storage/segment_builder.h"
#include "tests/unit/storage/shard_world.h"

namespace henge::storage {
namespace {

std::string pathOf(std::uint64_t id) { return "log/0/" + segmentName(id); }

// Four segments or so, none of them in the store.
void fillLog(ShardWorld& world, int records = 50) {
  ASSERT_TRUE(world.open().ok());
  for (int i = 0; i < records; ++i) {
    ASSERT_TRUE(world.put(recordOf("k" + std::to_string(i), 1 + i, Bytes(200, 'x'))));
    world.settle(2_ms);
  }
  world.settle(200_ms);  // the mark
  world.die(0);
}

MemoryStoreOptions neverPersisting() {
  return {.latency = {}, .answersCached = true, .unflushedBatchesMax = 1'000'000};
}

void flip(ShardWorld& world, std::uint64_t id, std::size_t at) {
  Bytes file = *world.files.contents(pathOf(id));
  file[at] = static_cast<char>(file[at] ^ 1);
  world.files.put(pathOf(id), file);
}

TEST(Replay, ManySegmentsPassThroughFewTables) {
  StorageOptions options = smallOptions();
  options.frozenTablesMax = 2;
  ShardWorld world(options, neverPersisting());
  fillLog(world, 300);
  EXPECT_GT(world.segmentFiles().size(), 15u);
  world.start();
  while (!world.openedStatus) {
    ASSERT_TRUE(world.loop.step());
    EXPECT_LE(world.shard->status().frozenTables, 2u);
    EXPECT_LE(world.shard->status().tableBytes, 4u * 3 * 4096);
  }
  EXPECT_TRUE(world.openedStatus->ok());
  EXPECT_EQ(world.report.records, 300u);
  EXPECT_GT(world.report.segments, 15u);
  EXPECT_EQ(world.report.recoveredTo.segment, world.report.segments);
  Version highest;
  for (const Record& record : world.scanAll(1000)) highest = std::max(highest, record.version);
  EXPECT_EQ(world.report.highest, highest);
  EXPECT_EQ(world.scanAll(1000).size(), 300u);
  EXPECT_EQ(world.shard->status().applied, world.report.recoveredTo);
  world.settle(1_s);
  EXPECT_LE(world.segmentFiles().size(), 2u) << "what the store holds may go";
}

TEST(Replay, DamageIsNamedMovedAwayAndTheRestBroughtBack) {
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

TEST(Replay, DamageIsNotForgottenByACrashAmidTheStart) {
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

// Between the moving of the segment and the node's own memory that it must rebuild lies time enough
// for a crash: the note alone must be enough.
TEST(Replay, WhatNobodyHasAcceptedIsToldAtEveryStart) {
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

TEST(Replay, ANoteThatCannotBeReadTakesTheVoteForAnyKey) {
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

TEST(Replay, WhatMayBeLostIsBoundedByTheTrailer) {
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

TEST(Replay, WithoutATrailerAnyKeyMayBeLost) {
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

TEST(Replay, OnStopEveryDamageIsNamedAndNothingIsChanged) {
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

TEST(Replay, OnStopALogWithoutDamageIsReplayedAsEver) {
  StorageOptions options = smallOptions();
  options.onLogDamage = OnLogDamage::stop;
  ShardWorld world(options, neverPersisting());
  fillLog(world);
  ASSERT_TRUE(world.open().ok());
  EXPECT_EQ(world.report.records, 50u);
  EXPECT_EQ(world.scanAll(1000).size(), 50u);
}

TEST(Replay, ALongOneSaysHowFarItIs) {
  ShardWorld world(smallOptions(), neverPersisting());
  fillLog(world, 300);
  world.start();
  world.sideDisk->setLatency(150_ms);
  world.loop.runUntil([&] { return world.openedStatus.has_value(); });
  ASSERT_TRUE(world.openedStatus->ok());
  std::vector<std::string> lines;
  for (const std::string& line : world.events)
    if (line.find("replaying") != std::string::npos) lines.push_back(line);
  EXPECT_GE(lines.size(), 8u);
  EXPECT_LE(lines.size(), 11u) << "one a tenth";
  EXPECT_NE(lines.front().find(" segments, "), std::string::npos) << lines.front();
  EXPECT_NE(lines.front().find(" s to go"), std::string::npos) << lines.front();
}

TEST(Replay, AShortOneSaysNothingOfItsProgress) {
  ShardWorld world(smallOptions(), neverPersisting());
  fillLog(world, 300);
  ASSERT_TRUE(world.open().ok());
  for (const std::string& line : world.events)
    EXPECT_EQ(line.find("replaying"), std::string::npos) << line;
}

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

TEST(Replay, ATornTailIsCutAndReported) {
  ShardWorld world(smallOptions(), neverPersisting());
  ASSERT_TRUE(world.open().ok());
  ASSERT_TRUE(world.put(recordOf("a", 1)));
  LogPosition end = world.shard->status().end;
  world.die(0);
  Bytes file = *world.files.contents(pathOf(1));
  file.replace(end.offset, 20, "half a batch, no more");
  world.files.put(pathOf(1), file);
  ASSERT_TRUE(world.open().ok());
  EXPECT_EQ(world.report.cutAt, end);
  EXPECT_EQ(world.report.tornBytes, 21u);
  EXPECT_TRUE(world.report.damage.empty());
  EXPECT_EQ(world.shard->status().tornBytes, 21u);
  EXPECT_EQ(world.shard->status().replayed, 1u);
  EXPECT_NE(world.events.front().find("torn tail of 21 bytes"), std::string::npos);
}

// A killed process leaves bytes that are read, and may yet be lost: the store's position must not
// come to lie behind the end of the log.
TEST(Replay, WhatWasNeverSyncedIsSyncedBeforeTheStoreTakesItOver) {
  StorageOptions options = smallOptions();
  options.logSync = LogSync::periodic;
  options.syncPeriod = 3600_s;
  ShardWorld world(options, neverPersisting());
  ASSERT_TRUE(world.open().ok());
  ASSERT_TRUE(world.put(recordOf("k", 1, "not synced")));
  world.die(0);
  const auto survivesAPowerCut = [&] {
    kit::FakeFiles files = world.files;
    files.powerCut();
    return files.contents(pathOf(1))->find("not synced") != Bytes::npos;
  };
  ASSERT_FALSE(survivesAPowerCut());
  world.start();
  while (!world.store.persisted().contains(appliedKey(0))) ASSERT_TRUE(world.loop.step());
  EXPECT_TRUE(survivesAPowerCut());
}

TEST(Replay, AnotherDirectorysSegmentStopsTheStart) {
  ShardWorld world(smallOptions(), neverPersisting());
  fillLog(world);
  SegmentHeader foreign;
  foreign.owner = testOwner();
  foreign.owner.directory.value ^= 1;
  foreign.id = 2;
  world.files.put(pathOf(2), SegmentBuilder(foreign).file());
  Status opened = world.open();
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().kind, ErrorKind::mismatch);
  EXPECT_NE(opened.error().message.find(pathOf(2)), std::string::npos);
  EXPECT_NE(opened.error().message.find("directory"), std::string::npos);
}

TEST(Replay, AnUnknownRecordKindStopsTheStartByName) {
  ShardWorld world;
  SegmentHeader header;
  header.owner = testOwner();
  header.id = 1;
  Bytes batch(batchHeaderBytes, '\0');
  appendEntry(batch, recordOf("k", 1));
  batch[batchHeaderBytes + 6] = 42;
  Bytes file = encode(header);
  BatchHeader batchHeader;
  batchHeader.directory = header.owner.directory;
  batchHeader.at = {1, segmentHeaderBytes};
  batchHeader.previous = checksumOfHeader(file);
  batchHeader.sequence = 1;
  batchHeader.count = 1;
  seal(batch, batchHeader);
  file += batch;
  file.resize(4096, '\0');
  world.files.put(pathOf(1), file);
  Status opened = world.open();
  ASSERT_FALSE(opened.ok());
  EXPECT_EQ(opened.error().kind, ErrorKind::unsupported);
  EXPECT_NE(opened.error().message.find("log entry kind 42"), std::string::npos);
}

TEST(Replay, ASegmentThatCannotBeReadStopsTheStart) {
  ShardWorld world(smallOptions(), neverPersisting());
  fillLog(world);
  world.start();
  world.sideDisk->failAfter(kit::DiskCall::read, 3, Error{ErrorKind::io, "bad sector"});
  world.loop.runUntil([&] { return world.openedStatus.has_value(); });
  EXPECT_EQ(world.openedStatus->error().kind, ErrorKind::io);
}

ReplayPlan planOf(std::vector<std::string> names, LogPosition applied) {
  std::vector<ports::DirectoryEntry> entries;
  for (std::string& name : names) entries.push_back({std::move(name), 4096});
  return planReplay(entries, applied, smallOptions());
}

TEST(ReplayPlan, ReadsWhatTheStoreDoesNotHold) {
  ReplayPlan plan = planOf({segmentName(3), segmentName(4), segmentName(5)}, {4, 900});
  ASSERT_EQ(plan.toRead.size(), 1u);
  EXPECT_EQ(plan.toRead[0].id, 5u);
  EXPECT_EQ(plan.old.size(), 2u);
  EXPECT_TRUE(plan.missing.empty());
}

TEST(ReplayPlan, KnowsSparesByTheirSizeAndNumber) {
  std::vector<ports::DirectoryEntry> entries = {{"new.log", 100},     {spareName(1), 4096},
                                                {spareName(2), 100},  {spareName(3), 4096},
                                                {spareName(4), 4096}, {"notes.txt", 5}};
  ReplayPlan plan = planReplay(entries, {}, smallOptions());
  EXPECT_EQ(plan.spares, (std::vector<std::string>{spareName(1), spareName(3)}));
  EXPECT_EQ(plan.refuse, (std::vector<std::string>{"new.log", spareName(2), spareName(4)}));
}

TEST(ReplayPlan, NoticesEveryGap) {
  EXPECT_TRUE(planOf({}, {}).missing.empty()) << "a new directory";
  EXPECT_EQ(planOf({}, {3, 10}).missing.size(), 1u);
  EXPECT_EQ(planOf({segmentName(3)}, {3, 10}).missing.size(), 1u);
  EXPECT_EQ(planOf({segmentName(2)}, {}).missing.size(), 1u);
  EXPECT_EQ(planOf({segmentName(1), segmentName(3), segmentName(6)}, {}).missing.size(), 2u);
}

}  // namespace
}  // namespace henge::storage
