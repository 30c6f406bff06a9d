#include "server/storage/replay.h"

#include <gtest/gtest.h>

#include "server/storage/store_keys.h"
#include "tests/unit/storage/filled_log.h"
#include "tests/unit/storage/segment_builder.h"

namespace henge::storage {
namespace {

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

// Between the moving of the segment and the node's own memory that it must rebuild lies time enough
// for a crash: the note alone must be enough.
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
// A copy of the log from within the segment that the store's position lies in: no file is missing.
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
