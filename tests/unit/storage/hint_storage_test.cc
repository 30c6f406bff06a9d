// Hints on their way through log, tables and store: what is read is what was said last, through
// rolls, feeding, crashes and starts.
#include <gtest/gtest.h>

#include "server/storage/hint_scans.h"
#include "tests/kit/failing_store.h"
#include "tests/sim/chance.h"
#include "tests/unit/storage/shard_world.h"

namespace henge::storage {
namespace {

Hint hintOf(std::uint32_t target, std::uint64_t number, const Bytes& value = "v") {
  Hint hint;
  hint.id = {{target}, number};
  hint.keptAt = {1'000'000};
  hint.expiresAt = {2'000'000};
  hint.dispatchedAtMicros = 77;
  hint.record = recordOf("k" + std::to_string(number), static_cast<std::int64_t>(number), value);
  return hint;
}

class Reader final : public ports::HintReadSink {
 public:
  explicit Reader(ShardWorld& world) : world_(world) {}

  Result<std::vector<Hint>> hints(std::size_t pageMax, HintId above = {},
                                  NodeId last = {0xffffffff}) {
    std::vector<Hint> all;
    for (;;) {
      page_.reset();
      world_.shard->readHints(OpId{++lastOp_}, *this, above, last, pageMax, 1 << 20);
      world_.loop.runUntil([&] { return page_.has_value(); });
      if (!page_->ok()) return page_->error();
      EXPECT_LE((*page_)->size(), pageMax);
      all.insert(all.end(), (*page_)->begin(), (*page_)->end());
      if (!more_) return all;
      above = all.back().id;
    }
  }

  void begin(std::size_t pageMax) {
    page_.reset();
    world_.shard->readHints(OpId{++lastOp_}, *this, {}, {0xffffffff}, pageMax, 1 << 20);
  }
  bool answered() const { return page_.has_value(); }
  const std::vector<Hint>& page() const { return **page_; }
  const Error& error() const { return page_->error(); }

  std::vector<RepairMark> marks(std::size_t pageMax = 100) {
    std::vector<RepairMark> all;
    do {
      marks_.reset();
      world_.shard->readMarks(OpId{++lastOp_}, *this, all.empty() ? nullptr : &all.back(), pageMax);
      world_.loop.runUntil([&] { return marks_.has_value(); });
      all.insert(all.end(), marks_->begin(), marks_->end());
    } while (more_);
    return all;
  }

  void onHintsRead(OpId, Result<std::vector<Hint>> page, bool more) override {
    page_ = std::move(page);
    more_ = more;
  }
  void onMarksRead(OpId, Result<std::vector<RepairMark>> page, bool more) override {
    marks_ = std::move(page).value();
    more_ = more;
  }

 private:
  ShardWorld& world_;
  std::uint64_t lastOp_ = 0;
  std::optional<Result<std::vector<Hint>>> page_;
  std::optional<std::vector<RepairMark>> marks_;
  bool more_ = false;
};

using Ids = std::vector<HintId>;
Ids idsOf(const std::vector<Hint>& hints) {
  Ids ids;
  for (const Hint& hint : hints) ids.push_back(hint.id);
  return ids;
}

TEST(HintStorage, WhatIsKeptIsReadOnceItIsOnDisk) {
  ShardWorld world;
  ASSERT_TRUE(world.open().ok());
  Reader reader(world);
  ASSERT_TRUE(world.shard->appendHint(hintOf(2, 1)).ok());
  EXPECT_EQ(reader.hints(10)->size(), 0u) << "not before its sync";
  world.loop.runFor(10_ms);
  EXPECT_EQ(*reader.hints(10), std::vector<Hint>{hintOf(2, 1)});
}

TEST(HintStorage, ItsSyncIsTheGroupCommitOfWhatComesBesideIt) {
  ShardWorld world;
  ASSERT_TRUE(world.open().ok());
  const OpId op = world.write(recordOf("own", 1));
  for (std::uint64_t n = 1; n <= 5; ++n) ASSERT_TRUE(world.shard->appendHint(hintOf(2, n)).ok());
  world.loop.runUntil([&] { return world.outcomes.contains(op); });
  EXPECT_EQ(world.commitDisk->calls(kit::DiskCall::sync), 1u);
  EXPECT_EQ(Reader(world).hints(10)->size(), 5u);
}

TEST(HintStorage, HintsAreNoDataAndDataIsNoHint) {
  for (const Duration before : {10_ms, 60_s}) {  // in the tables; fed
    ShardWorld world;
    ASSERT_TRUE(world.open().ok());
    ASSERT_TRUE(world.shard->appendHint(hintOf(2, 9)).ok());
    ASSERT_TRUE(world.put(recordOf("k9", 5, "own")));
    ASSERT_TRUE(world.shard->appendHint(RepairMark{{2}, "", "m", {1}, true}).ok());
    world.loop.runFor(before);
    EXPECT_EQ((*world.get("k9"))->value, "own") << "though the hint's version is newer";
    EXPECT_EQ(world.scanAll(10), std::vector<Record>{recordOf("k9", 5, "own")});
    EXPECT_EQ(world.shard->approximateRecords("", ""), 1u);
    EXPECT_EQ(Reader(world).hints(10)->size(), 1u);
    ASSERT_TRUE(world.put(recordOf("k9", 7, "own again"))) << "the fence knows nothing of hints";
    EXPECT_EQ((*world.get("k9"))->value, "own again");
  }
}

TEST(HintStorage, WhatIsDoneIsReadNoMoreAndNeverComesToTheStore) {
  ShardWorld world;
  ASSERT_TRUE(world.open().ok());
  Reader reader(world);
  for (std::uint64_t n = 1; n <= 4; ++n) ASSERT_TRUE(world.shard->appendHint(hintOf(2, n)).ok());
  ASSERT_TRUE(world.shard->appendHint(HintDone{{{2}, 2}}).ok());
  world.loop.runFor(10_ms);
  EXPECT_EQ(idsOf(*reader.hints(2)), (Ids{{{2}, 1}, {{2}, 3}, {{2}, 4}}));
  world.settle(30_s);  // rolled and fed
  EXPECT_EQ(world.shard->status().tableBytes, 0u);
  const auto entries = world.store.approximateEntries();
  ASSERT_TRUE(world.shard->appendHint(HintDone{{{2}, 1}}).ok());
  world.loop.runFor(10_ms);
  EXPECT_EQ(idsOf(*reader.hints(2)), (Ids{{{2}, 3}, {{2}, 4}}));
  world.settle(30_s);
  EXPECT_EQ(world.store.approximateEntries(), entries - 1);
  ASSERT_TRUE(world.shard->appendHint(hintOf(2, 5)).ok());
  ASSERT_TRUE(world.shard->appendHint(HintDone{{{2}, 5}}).ok());
  world.settle(30_s);
  EXPECT_EQ(world.store.approximateEntries(), entries - 1) << "one that came and went";
}

TEST(HintStorage, WhatIsEndedIsReadNoMoreFromTheCallOn) {
  ShardWorld world;
  ASSERT_TRUE(world.open().ok());
  for (std::uint64_t n = 1; n <= 2; ++n) ASSERT_TRUE(world.shard->appendHint(hintOf(2, n)).ok());
  world.loop.runFor(10_ms);
  const auto syncs = world.shard->status().syncs;
  ASSERT_TRUE(world.shard->appendHint(HintDone{{{2}, 1}}).ok());
  EXPECT_EQ(idsOf(*Reader(world).hints(9)), (Ids{{{2}, 2}}));
  EXPECT_EQ(world.shard->status().syncs, syncs) << "not yet on disk";
  world.die(0);
  world.files.powerCut();
  ASSERT_TRUE(world.open().ok());
  EXPECT_EQ(idsOf(*Reader(world).hints(9)), (Ids{{{2}, 1}, {{2}, 2}})) << "so it is there again";
}

// Found by the simulator: the page waits for the store once more, the hint is in it already.
TEST(HintStorage, WhatIsEndedWhileAPageIsReadIsNotInIt) {
  ShardWorld world(smallOptions(), {50_us, true, 64});
  ASSERT_TRUE(world.open().ok());
  for (std::uint64_t n = 1; n <= 4; ++n) ASSERT_TRUE(world.shard->appendHint(hintOf(2, n)).ok());
  world.settle(30_s);  // fed
  for (std::uint64_t n = 2; n <= 4; ++n)
    ASSERT_TRUE(world.shard->appendHint(HintDone{{{2}, n}}).ok());
  world.loop.runFor(10_ms);
  Reader reader(world);
  reader.begin(3);
  world.loop.runFor(60_us);  // the first answer of the store has come, the second has not
  ASSERT_FALSE(reader.answered());
  ASSERT_TRUE(world.shard->appendHint(HintDone{{{2}, 1}}).ok());
  world.loop.runFor(10_ms);
  ASSERT_TRUE(reader.answered());
  EXPECT_EQ(reader.page().size(), 0u);
}

TEST(HintStorage, TargetsAreReadApart) {
  ShardWorld world;
  ASSERT_TRUE(world.open().ok());
  Reader reader(world);
  for (const std::uint32_t target : {3u, 2u, 4u})
    for (std::uint64_t n = 1; n <= 2; ++n)
      ASSERT_TRUE(world.shard->appendHint(hintOf(target, n)).ok());
  world.loop.runFor(10_ms);
  EXPECT_EQ(idsOf(*reader.hints(9, {{3}, 0}, {3})), (Ids{{{3}, 1}, {{3}, 2}}));
  EXPECT_EQ(idsOf(*reader.hints(9, {{3}, 1}, {3})), (Ids{{{3}, 2}}));
  EXPECT_EQ(reader.hints(9)->size(), 6u);
}

TEST(HintStorage, MarksComeAndGo) {
  ShardWorld world;
  ASSERT_TRUE(world.open().ok());
  Reader reader(world);
  const RepairMark low{{2}, "", "m", {1}, true};
  const RepairMark high{{2}, "m", "", {2}, true};
  RepairMark other = low;
  other.target = {3};
  for (const RepairMark& mark : {high, other, low}) ASSERT_TRUE(world.shard->appendHint(mark).ok());
  world.loop.runFor(10_ms);
  EXPECT_EQ(reader.marks(1), (std::vector<RepairMark>{low, high, other}));
  world.settle(30_s);
  RepairMark repaired = high;
  repaired.needed = false;
  ASSERT_TRUE(world.shard->appendHint(repaired).ok());
  world.settle(30_s);
  EXPECT_EQ(reader.marks(1), (std::vector<RepairMark>{low, other}));
  ASSERT_TRUE(world.shard->appendHint(high).ok());
  world.loop.runFor(10_ms);
  EXPECT_EQ(reader.marks(), (std::vector<RepairMark>{low, high, other}));
}

TEST(HintStorage, WithTooMuchWaitingAHintIsRefusedAndNothingElse) {
  StorageOptions options = smallOptions();
  options.pendingBytesMax = 3000;
  ShardWorld world(options);
  ASSERT_TRUE(world.open().ok());
  ASSERT_TRUE(world.shard->appendHint(hintOf(2, 1, Bytes(2500, 'x'))).ok());
  const Status refused = world.shard->appendHint(hintOf(2, 2, Bytes(2500, 'x')));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::overloaded);
  world.loop.runFor(10_ms);
  EXPECT_EQ(idsOf(*Reader(world).hints(9)), (Ids{{{2}, 1}}));
  EXPECT_TRUE(world.shard->appendHint(hintOf(2, 3, Bytes(2500, 'x'))).ok()) << "it is over";
}

// A hint that finds no room costs a repair; a write that finds none costs the client an error.
TEST(HintStorage, HintsGiveWayBeforeWritesDo) {
  StorageOptions options = smallOptions();
  options.pendingBytesMax = 6000;
  ShardWorld world(options);
  ASSERT_TRUE(world.open().ok());
  ASSERT_TRUE(world.shard->appendHint(hintOf(2, 1, Bytes(2500, 'x'))).ok());
  const Status refused = world.shard->appendHint(hintOf(2, 2, Bytes(2500, 'x')));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::overloaded);
  EXPECT_TRUE(world.shard->admit(OpId{1001}, RecordKind::value, 2500).ok());
  EXPECT_TRUE(world.shard->appendHint(HintDone{{{2}, 1}}).ok()) << "what ends one, not";
  world.shard->abandon(OpId{1001});
}

TEST(HintStorage, HintsGiveWayBeforeTheTablesAreTooMany) {
  ShardWorld world(smallOptions(), {.latency = 1000_s});
  world.start();
  world.loop.runUntil([&] { return world.openedStatus.has_value(); }, 10000_s);
  for (int i = 0; world.shard->status().frozenTables + 1 < world.options_.frozenTablesMax; ++i)
    ASSERT_TRUE(world.put(recordOf("k" + std::to_string(i), 1 + i, Bytes(300, 'x'))));
  EXPECT_EQ(world.shard->appendHint(hintOf(2, 1)).error().kind, ErrorKind::overloaded);
  EXPECT_TRUE(world.shard->appendHint(RepairMark{{2}, "", "m", {1}, true}).ok());
  EXPECT_TRUE(world.put(recordOf("own", 1))) << world.refused;
}

TEST(HintStorage, AStoreThatIsNotAskedAnyMoreIsNotAsked) {
  ShardWorld world;
  kit::FailingStore store(world.store);
  world.useStore(store);
  ASSERT_TRUE(world.open().ok());
  store.breakDown({ErrorKind::corrupt, "block checksum mismatch"});
  Reader reader(world);
  reader.begin(10);
  ASSERT_TRUE(reader.answered()) << "inside the call";
  EXPECT_EQ(reader.error().kind, ErrorKind::rebuilding);
}

TEST(HintStorage, ACleanStopCommitsWhatWaits) {
  ShardWorld world;
  ASSERT_TRUE(world.open().ok());
  ASSERT_TRUE(world.shard->appendHint(hintOf(2, 1)).ok());
  ASSERT_TRUE(world.drain().ok());
  world.die(0);
  ASSERT_TRUE(world.open().ok());
  EXPECT_EQ(world.report.records, 0u);
  EXPECT_EQ(Reader(world).hints(9)->size(), 1u);
}

// Writes in work are answered while they are drained, and leave hints.
TEST(HintStorage, AStopTakesHintsUntilTheLogIsClosed) {
  ShardWorld world;
  ASSERT_TRUE(world.open().ok());
  const OpId op = world.write(recordOf("own", 1));
  world.beginDrain();
  world.loop.runUntil([&] { return world.outcomes.contains(op) || world.drainedStatus; });
  ASSERT_FALSE(world.drainedStatus);
  EXPECT_TRUE(world.shard->appendHint(hintOf(2, 1)).ok());
  EXPECT_TRUE(world.shard->appendHint(RepairMark{{2}, "", "m", {1}, true}).ok());
  EXPECT_EQ(world.shard->admit(OpId{99}, RecordKind::value, 1).error().kind,
            ErrorKind::unavailable);
  ASSERT_TRUE(world.awaitDrained().ok());
  EXPECT_EQ(world.shard->appendHint(hintOf(2, 2)).error().kind, ErrorKind::unavailable);
  world.die(0);
  ASSERT_TRUE(world.open().ok());
  EXPECT_EQ(idsOf(*Reader(world).hints(9)), (Ids{{{2}, 1}}));
  EXPECT_EQ(Reader(world).marks().size(), 1u);
}

// A shard, and a map that is told the same.
class ShardAndTwin {
 public:
  explicit ShardAndTwin(std::uint64_t seed)
      : chance_(seed), world_(smallOptions(), {50_us, seed % 2 == 0, 6}) {
    EXPECT_TRUE(world_.open().ok());
  }

  void say() {
    if (twin_.empty() || chance_.below(3) > 0)
      keep();
    else
      end(std::next(twin_.begin(), static_cast<std::ptrdiff_t>(chance_.below(twin_.size())))
              ->first);
    if (chance_.below(4) > 0) return;
    EXPECT_TRUE(world_.put(recordOf("own", ++writes_, Bytes(chance_.below(900), 'x'))));
  }
  void sync() { world_.loop.runFor(chance_.below(3) == 0 ? 15_s : 20_ms); }

  // With entries that are not synced: whether they were said, nobody knows.
  void crash() {
    const std::map<HintId, Hint> synced = twin_;
    std::map<HintId, Hint> sayable = twin_;
    for (std::uint64_t left = chance_.below(4); left > 0; --left) keep();
    sayable.insert(twin_.begin(), twin_.end());
    std::optional<HintId> ended;
    if (!synced.empty() && chance_.below(2) == 0) end(*(ended = synced.begin()->first));
    world_.loop.runFor({static_cast<std::int64_t>(chance_.below(300))});
    world_.die(chance_.below(world_.store.unflushedBatches() + 1));
    world_.files.powerCut();
    ASSERT_TRUE(world_.open().ok());
    twin_ = found();
    for (const auto& [id, hint] : twin_) ASSERT_EQ(sayable.at(id), hint);
    for (const auto& [id, hint] : synced)
      ASSERT_TRUE(twin_.contains(id) || id == ended) << "it was synced";
    unsure_ += sayable.size() - twin_.size();
  }

  std::map<HintId, Hint> found() {
    std::map<HintId, Hint> all;
    const auto read = Reader(world_).hints(1 + chance_.below(7));
    for (const Hint& hint : *read) all.emplace(hint.id, hint);
    return all;
  }
  const std::map<HintId, Hint>& twin() const { return twin_; }
  bool oneIn(std::uint64_t many) { return chance_.below(many) == 0; }
  std::size_t unsure() const { return unsure_; }

 private:
  void keep() {
    const Hint hint = hintOf(static_cast<std::uint32_t>(chance_.below(3)), ++number_,
                             Bytes(chance_.below(300), 'h'));
    EXPECT_TRUE(world_.shard->appendHint(hint).ok());
    twin_.emplace(hint.id, hint);
  }
  void end(HintId id) {
    EXPECT_TRUE(world_.shard->appendHint(HintDone{id}).ok());
    twin_.erase(id);
  }

  sim::Chance chance_;
  ShardWorld world_;
  std::map<HintId, Hint> twin_;
  std::uint64_t number_ = 0;
  std::int64_t writes_ = 0;
  std::size_t unsure_ = 0;
};

// Through crashes: what was on disk is there, what was not may be, and nothing is read that was
// surely done.
TEST(HintStorage, AlwaysWhatWasSaidLast) {
  std::size_t unsure = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    ShardAndTwin both(seed);
    for (int round = 0; round < 60; ++round) {
      both.say();
      if (!both.oneIn(5)) continue;
      both.sync();
      if (both.oneIn(2)) both.crash();
      ASSERT_EQ(both.found(), both.twin()) << "round " << round;
    }
    unsure += both.unsure();
  }
  EXPECT_GT(unsure, 20u) << "some crashes came before the sync";
}

}  // namespace
}  // namespace henge::storage
