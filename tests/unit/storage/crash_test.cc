// A crash after every single event of random runs: what was answered, or shown, is there again.
#include <algorithm>
#include <gtest/gtest.h>

#include "tests/sim/chance.h"
#include "tests/unit/storage/shard_world.h"

namespace henge::storage {
namespace {

StorageOptions busyOptions(LogSync sync) {
  StorageOptions options = smallOptions();
  options.logSync = sync;
  options.segmentAgeMax = 20_ms;
  options.markDelay = 4_ms;
  options.syncPeriod = 10_ms;
  options.logBytesMax = 5 * 4096;
  return options;
}

// Writes by chance, and keeps what the storage has promised about them.
class Run {
 public:
  Run(std::uint64_t seed, LogSync sync)
      : world(busyOptions(sync), {50_us, seed % 2 == 0, 6}), chance_(seed) {}

  // Up to `stepsMax` events from now; false: it was stopped there.
  bool play(int writes, std::uint64_t stepsMax) {
    std::uint64_t end = world.loop.steps() + stepsMax;
    auto stopped = [&] { return world.loop.steps() >= end; };
    for (int i = 0; i < writes; ++i) {
      Record record = anyRecord();
      if (OpId op = world.write(record); op != OpId{}) written_[op] = record;
      issued_.push_back(record);
      look(record.key);
      Duration pause{
          static_cast<std::int64_t>(chance_.below(8) == 0 ? chance_.below(30'000) : 200)};
      world.loop.runUntil(stopped, pause);
      if (stopped()) return false;
    }
    world.loop.runUntil(stopped, 200_ms);
    return !stopped();
  }

  void crash(bool power) {
    promise();
    std::size_t unflushed = world.store.unflushedBatches();
    power ? world.files.powerCut(chance_) : world.files.killed(chance_);
    world.die(chance_.below(unflushed + 1));
    written_.clear();
  }

  // `kept`: the promises hold. Else only that nothing is there that nobody ever wrote.
  void check(bool kept) {
    EXPECT_TRUE(world.report.damage.empty()) << world.report.damage.front().reason;
    for (const auto& [key, promised] : promised_) {
      auto held = world.get(key);
      ASSERT_TRUE(held.ok());
      if (!held->has_value()) {
        EXPECT_FALSE(kept) << key << " is gone";
        continue;
      }
      bool known = std::find(issued_.begin(), issued_.end(), **held) != issued_.end();
      EXPECT_TRUE(known) << key << " holds what nobody wrote";
      bool fell = newness(**held, promised) < 0;
      EXPECT_FALSE(kept && fell) << key << " fell";
    }
    std::vector<Record> scanned = world.scanAll(4);
    for (const Record& record : scanned) EXPECT_EQ(*world.get(record.key), record);
  }

  ShardWorld world;

 private:
  Record anyRecord() {
    std::int64_t time = 1000 + static_cast<std::int64_t>(issued_.size());
    if (chance_.below(4) == 0) time -= static_cast<std::int64_t>(chance_.below(50));
    Record record = recordOf(Bytes(1, static_cast<char>('a' + chance_.below(20))), time,
                             Bytes(chance_.below(500), static_cast<char>(chance_.below(256))));
    if (chance_.below(6) == 0) {
      record.kind = RecordKind::tombstone;
      record.value.clear();
    }
    return record;
  }

  void look(const Bytes& key) {
    ports::Look look = world.shard->lookForRead(OpId{1'000'000'000 + issued_.size()}, key);
    if (!look.later && look.held) promise(*look.held);
  }

  void promise(const Record& record) {
    auto [at, isNew] = promised_.try_emplace(record.key, record);
    if (!isNew && isNewer(record, at->second)) at->second = record;
  }
  void promise() {
    for (const auto& [op, record] : written_)
      if (world.outcomes.contains(op)) promise(record);
  }

  sim::Chance chance_;
  std::map<OpId, Record> written_;
  std::vector<Record> issued_;
  std::map<Bytes, Record> promised_;  // the newest answered or shown
};

// What must have happened somewhere in the runs, else they prove little.
struct Seen {
  std::uint64_t torn = 0;
  std::uint64_t replayed = 0;
  std::uint64_t waitedForStore = 0;
  std::uint64_t spares = 0;
};

std::uint64_t eventsOf(std::uint64_t seed, LogSync sync, int writes) {
  Run run(seed, sync);
  EXPECT_TRUE(run.world.open().ok());
  std::uint64_t before = run.world.loop.steps();
  EXPECT_TRUE(run.play(writes, UINT32_MAX));
  EXPECT_FALSE(run.world.fatalCode);
  return run.world.loop.steps() - before;
}

void crashAt(std::uint64_t seed, LogSync sync, std::uint64_t event, bool power, Seen& seen) {
  SCOPED_TRACE("seed " + std::to_string(seed) + " event " + std::to_string(event));
  bool kept = sync == LogSync::always || !power;
  Run run(seed, sync);
  ASSERT_TRUE(run.world.open().ok());
  run.play(60, event);
  seen.waitedForStore += run.world.shard->storeReads() > 0;
  run.crash(power);
  // The start itself is cut short too, at a place that moves with the event.
  run.world.start();
  for (std::uint64_t i = 0; i < event % 41 && run.world.loop.step(); ++i) {
  }
  run.crash(power && sync == LogSync::always);
  Status opened = run.world.open();
  ASSERT_TRUE(opened.ok()) << opened.error().message;
  seen.torn += run.world.report.tornBytes > 0;
  seen.replayed += run.world.report.records > 0;
  for (const std::string& path : run.world.files.paths())
    seen.spares += path.find("spare") != std::string::npos;
  run.check(kept);
  ASSERT_FALSE(::testing::Test::HasFailure());
  run.play(20, UINT32_MAX);
  run.crash(false);
  ASSERT_TRUE(run.world.open().ok());
  run.check(kept);
}

void crashEverywhere(LogSync sync, bool power, std::uint64_t seeds) {
  Seen seen;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    std::uint64_t events = eventsOf(seed, sync, 60);
    ASSERT_GT(events, 150u);
    for (std::uint64_t event = 0; event <= events; ++event) {
      crashAt(seed, sync, event, power, seen);
      if (::testing::Test::HasFailure()) return;
    }
  }
  EXPECT_TRUE(seen.torn > 0 || !power);
  EXPECT_GT(seen.replayed, 0u);
  EXPECT_GT(seen.waitedForStore, 0u);
  EXPECT_GT(seen.spares, 0u);
}

TEST(Crash, OfThePowerAtEveryEvent) { crashEverywhere(LogSync::always, true, 8); }
TEST(Crash, OfTheProcessAtEveryEvent) { crashEverywhere(LogSync::always, false, 3); }
TEST(Crash, OfTheProcessUnderPeriodicLosesNothing) { crashEverywhere(LogSync::periodic, false, 2); }
TEST(Crash, OfTheProcessUnderOffLosesNothing) { crashEverywhere(LogSync::off, false, 2); }

// What was not synced may be lost; it never looks like damage, and never like something else.
TEST(Crash, OfThePowerUnderPeriodicIsNoDamage) { crashEverywhere(LogSync::periodic, true, 2); }
TEST(Crash, OfThePowerUnderOffIsNoDamage) { crashEverywhere(LogSync::off, true, 2); }

}  // namespace
}  // namespace henge::storage
