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
  const Damage& damage = world.report.damage.front();
  EXPECT_EQ(damage.file, pathOf(2));
  EXPECT_LE(damage.offset, 700u);
  EXPECT_GT(damage.offset, 400u);
  EXPECT_NE(damage.reason.find(std::to_string(damage.offset)), std::string::npos);
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
      for (const Damage& damage : world.report.damage) damaged.push_back(damage.file);
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
  EXPECT_EQ(world.report.damage.size(), 1u);
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
      EXPECT_NE(world.report.damage.front().reason.find(pathOf(id) + " is damaged at 0"),
                std::string::npos);
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

// Segment 1 with one batch that has this payload, whole by its checksum.
Bytes segmentWith(const Bytes& payload, LogCompression codec) {
  SegmentHeader header;
  header.owner = testOwner();
  header.codec = codec;
  header.id = 1;
  Bytes file = encode(header);
  Bytes batch(batchHeaderBytes, '\0');
  batch += payload;
  BatchHeader batchHeader;
  batchHeader.directory = header.owner.directory;
  batchHeader.at = {1, segmentHeaderBytes};
  batchHeader.previous = checksumOfHeader(file);
  batchHeader.sequence = 1;
  batchHeader.count = 1;
  batchHeader.codec = codec;
  seal(batch, batchHeader);
  file += batch;
  file.resize(4096, '\0');
  return file;
}

// Found by reading: such a batch stopped the start for good, though a segment that cannot be read
// is damage like any other.
TEST(Replay, ABatchThatIsWholeAndCannotBeDecodedIsDamage) {
  Bytes entry;
  appendEntry(entry, recordOf("k", 1));
  for (auto [payload, codec] : {std::pair(entry + "x", LogCompression::none),
                                {entry.substr(1), LogCompression::none},
                                {Bytes("\x10\0\0\0 no frame", 13), LogCompression::zstd},
                                {Bytes("\xff\xff\xff\xff", 4), LogCompression::zstd},
                                {Bytes("\1"), LogCompression::zstd}}) {
    ShardWorld world;
    world.files.put(pathOf(1), segmentWith(payload, codec));
    ASSERT_TRUE(world.open().ok());
    ASSERT_EQ(world.report.damage.size(), 1u);
    EXPECT_EQ(world.report.damage[0].file, pathOf(1));
    EXPECT_EQ(world.report.damage[0].offset, segmentHeaderBytes);
    EXPECT_TRUE(world.files.contents("log/0/quarantine/" + segmentName(1)));
    EXPECT_TRUE(world.scanAll(10).empty());
    EXPECT_TRUE(world.put(recordOf("goes on", 2)));
  }
}

TEST(Replay, AnUnknownRecordKindStopsTheStartByName) {
  ShardWorld world;
  Bytes entry;
  appendEntry(entry, recordOf("k", 1));
  entry[6] = 42;
  world.files.put(pathOf(1), segmentWith(entry, LogCompression::none));
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
