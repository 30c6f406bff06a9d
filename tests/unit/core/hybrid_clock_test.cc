#include "core/hybrid_clock.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <optional>
#include <rapidcheck/gtest.h>

#include "tests/golden/script_runner.h"

namespace henge {
namespace {

std::string shown(const std::optional<Version>& version) {
  return version ? toString(*version) : "none: the ceiling is too low";
}

TEST(HybridClock, script) {
  std::optional<HybridClock> clock;
  golden::runScript("hybrid_clock.txt", [&](const golden::Command& command) -> std::string {
    WallTime wall{command.number("wall")};
    if (command.name() == "start") {
      clock.emplace(0xaf, command.number("ceiling"), wall);
      return "waits " + std::to_string(clock->untilStart(wall).micros);
    }
    if (command.name() == "stamp") return shown(clock->stamp(wall));
    if (command.name() == "now") return std::to_string(clock->now(wall));
    if (command.name() == "want") {
      auto ceiling = clock->ceilingWanted(wall);
      return ceiling ? std::to_string(*ceiling) : "none";
    }
    if (command.name() == "observe") clock->observe({command.number("ts"), 0});
    if (command.name() == "waited") clock->start();
    if (command.name() == "durable") clock->ceilingDurable(command.number("ceiling"));
    return "ceiling " + std::to_string(clock->ceiling());
  });
}

// ---- edges

TEST(HybridClock, stampsAreAboveZeroWhateverTheWallClockSays) {
  HybridClock clock(7, 0, {});
  EXPECT_FALSE(clock.stamp({-5}));
  clock.ceilingDurable(*clock.ceilingWanted({-5}));
  EXPECT_EQ(clock.stamp({-5}), (Version{1, 7}));
  EXPECT_EQ(clock.stamp({0}), (Version{2, 7}));
}

TEST(HybridClock, aVersionBeyondAllClocksDoesNotUseUpTheNumbers) {
  HybridClock clock(7, 0, {});
  clock.observe({INT64_MAX, 1});
  EXPECT_EQ(clock.now({100}), 100);
  clock.observe({HybridClock::timestampMax, 1});
  clock.ceilingDurable(*clock.ceilingWanted({100}));
  EXPECT_EQ(clock.stamp({100})->timestamp, HybridClock::timestampMax + 1);
  EXPECT_EQ(clock.stamp({INT64_MAX})->timestamp, HybridClock::timestampMax + 2);
}

TEST(HybridClock, aCeilingNeverFalls) {
  HybridClock clock(7, 500, {});
  clock.ceilingDurable(400);
  EXPECT_EQ(clock.ceiling(), 500);
}

TEST(HybridClock, tooFarAheadIsMoreThanTheLimitAboveTheHybridTime) {
  EXPECT_FALSE(isTooFarAhead({1'000 + 60'000'000, 1}, 1'000, 60'000));
  EXPECT_TRUE(isTooFarAhead({1'001 + 60'000'000, 1}, 1'000, 60'000));
  EXPECT_FALSE(isTooFarAhead({5, 1}, 1'000, 0));
  EXPECT_TRUE(isTooFarAhead({1'001, 1}, 1'000, 0));
  EXPECT_TRUE(isTooFarAhead({INT64_MAX, 1}, 0, 60'000));
  EXPECT_FALSE(isTooFarAhead({INT64_MIN, 1}, INT64_MAX, 60'000));
  EXPECT_FALSE(isTooFarAhead({INT64_MAX, 1}, 0, INT64_MAX));
}

// ---- a node over many runs: the wall clock steps, ceilings are written late, runs end anywhere

class Node {
 public:
  void step(int kind, std::int64_t amount) {
    switch (kind) {
      case 0:
        return restart(amount % 2 == 0);
      case 1:
        wall_ += amount * 1'000'000;
        return;
      case 2:
        return observe(clock_->now({wall_}) + amount * 10'000);
      case 3:
        return want();
      case 4:
        return finishWrite();
      case 5:
        return renew();
      default:
        wall_ += amount > 0 ? amount * 100 : 0;
        return stamp();
    }
  }

  // As a node does that waits for its ceiling: then the next stamp is given.
  void renew() {
    if (clock_->untilStart({wall_}) > Duration{}) clock_->start();
    finishWrite();
    want();
    finishWrite();
    int before = stamps_;
    stamp();
    RC_ASSERT(stamps_ == before + 1);
  }

 private:
  void restart(bool writeReachedTheDisk) {
    if (inFlight_ != 0 && writeReachedTheDisk) durable_ = inFlight_;
    inFlight_ = 0;
    observed_ = 0;
    clock_.emplace(7, durable_, WallTime{wall_});
    RC_ASSERT(clock_->untilStart({wall_}) <= HybridClock::reserve);
  }

  void observe(std::int64_t timestamp) {
    clock_->observe({timestamp, 1});
    observed_ = std::max(observed_, timestamp);
  }

  void want() {
    auto ceiling = clock_->ceilingWanted({wall_});
    if (!ceiling) return;
    RC_ASSERT(inFlight_ == 0);
    RC_ASSERT(*ceiling > durable_);
    inFlight_ = *ceiling;
  }

  void finishWrite() {
    if (inFlight_ == 0) return;
    durable_ = inFlight_;
    inFlight_ = 0;
    clock_->ceilingDurable(durable_);
  }

  void stamp() {
    auto version = clock_->stamp({wall_});
    if (!version) return;
    RC_ASSERT(version->timestamp > last_);
    RC_ASSERT(version->timestamp > observed_);
    RC_ASSERT(version->timestamp >= wall_);
    RC_ASSERT(version->timestamp < durable_);
    last_ = version->timestamp;
    ++stamps_;
  }

  std::int64_t wall_ = 1'795'000'000'000'000;
  std::int64_t durable_ = 0;   // the ceiling on disk
  std::int64_t inFlight_ = 0;  // the ceiling being written
  std::int64_t last_ = 0;      // the last stamp of all runs
  std::int64_t observed_ = 0;  // the highest version seen in this run
  int stamps_ = 0;
  std::optional<HybridClock> clock_{std::in_place, 7, 0, WallTime{}};
};

RC_GTEST_PROP(HybridClock, neverRepeatsOverRestartsAndSteps, ()) {
  Node node;
  auto steps = *rc::gen::container<std::vector<std::pair<int, std::int64_t>>>(
      rc::gen::pair(rc::gen::inRange(0, 12), rc::gen::inRange<std::int64_t>(-3'600, 3'600)));
  for (auto [kind, amount] : steps) node.step(kind, amount);
  node.renew();
}

}  // namespace
}  // namespace henge
