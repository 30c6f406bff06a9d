// The shrinker on made-up failures: no world is run.
#include "tests/sim/program/shrink.h"

#include <algorithm>
#include <gtest/gtest.h>

#include "tests/sim/program/delta_debugging.h"
#include "tests/sim/program/same_failure.h"

namespace henge::sim {
namespace {

const std::function<bool()> never = [] { return false; };

TEST(LeaveOut, FindsTheItemsThatMatter) {
  std::vector<int> items;
  for (int i = 0; i < 100; ++i) items.push_back(i);
  const auto both = [](const std::vector<int>& rest) {
    return std::count(rest.begin(), rest.end(), 17) == 1 &&
           std::count(rest.begin(), rest.end(), 80) == 1;
  };
  EXPECT_EQ(leaveOut<int>(items, both), (std::vector<int>{17, 80}));
}

TEST(LeaveOut, LeavesNothingOrEverything) {
  EXPECT_TRUE(leaveOut<int>({1, 2, 3}, [](const auto&) { return true; }).empty());
  EXPECT_EQ(leaveOut<int>({1, 2, 3}, [](const auto&) { return false; }).size(), 3U);
  EXPECT_TRUE(leaveOut<int>({}, [](const auto&) { return true; }).empty());
}

// One item may go only after another has: single items are tried until none goes.
TEST(LeaveOut, GoesOnUntilNoSingleItemCanGo) {
  const auto oneAfterTheOther = [](const std::vector<int>& rest) {
    for (std::size_t i = 0; i < rest.size(); ++i) {
      if (rest[i] != static_cast<int>(i)) return false;
    }
    return !rest.empty();
  };
  EXPECT_EQ(leaveOut<int>({0, 1, 2, 3, 4, 5, 6}, oneAfterTheOther), std::vector<int>{0});
}

Fault fault(FaultKind kind, Duration at, std::uint32_t a) { return {at, kind, a, a + 1, 1_s, 0}; }

// Large in every way.
FailingCase bigCase() {
  Case what;
  what.settings = drawSettings(7);
  what.settings.replication = 5;
  what.settings.nodes = 7;
  what.settings.clients = 12;
  what.settings.keys = 40;
  for (std::uint32_t i = 0; i < 60; ++i) {
    const FaultKind kind = i == 40 ? FaultKind::wipe : FaultKind::crash;
    what.faults.push_back(fault(kind, 1_s * (3 + i), i % 7));
  }
  return {what, {"fresh", "I5 fresh", 290_s, {}}};
}

// Fails 500 ms after its last fault, if `condition` holds.
StillFails failsIf(const std::function<bool(const Case&)>& condition) {
  return [condition](const Case& what) -> std::optional<FailingCase> {
    if (!condition(what)) return std::nullopt;
    const Duration at = what.faults.empty() ? 1_s : what.faults.back().at + 500_ms;
    return FailingCase{what, {"fresh", "I5 fresh, smaller", at, {}}};
  };
}

bool has(const Case& what, FaultKind kind) {
  return std::any_of(what.faults.begin(), what.faults.end(),
                     [kind](const Fault& each) { return each.kind == kind; });
}

TEST(Shrink, LeavesOutWhatNeedNotBeThere) {
  const Shrunk shrunk = shrink(bigCase(), failsIf([](const Case& what) {
                                 return has(what, FaultKind::wipe) && what.settings.clients >= 2 &&
                                        what.settings.keys >= 3 && what.settings.putPercent != 45;
                               }),
                               never);
  const Settings& left = shrunk.rest.what.settings;
  EXPECT_TRUE(shrunk.minimal);
  ASSERT_EQ(shrunk.rest.what.faults.size(), 1U);
  EXPECT_EQ(shrunk.rest.what.faults[0].kind, FaultKind::wipe);
  EXPECT_LE(shrunk.rest.what.faults[0].at, 2_s);
  EXPECT_LE(left.faultsMs, 3000);
  EXPECT_EQ(left.clients, 2);
  EXPECT_EQ(left.keys, 3);
  EXPECT_EQ(left.replication, 3);  // damage of a disk wants more than one copy
  EXPECT_EQ(left.nodes, 3);
  Settings expected;
  expected.seed = left.seed;
  expected.faultsMs = left.faultsMs;
  expected.clients = 2;
  expected.keys = 3;
  expected.putPercent = left.putPercent;
  EXPECT_EQ(print(left, false), print(expected, false));
}

TEST(Shrink, WhatFailsAnywayFailsWithNothing) {
  const Shrunk shrunk = shrink(bigCase(), failsIf([](const Case&) { return true; }), never);
  EXPECT_TRUE(shrunk.rest.what.faults.empty());
  EXPECT_EQ(shrunk.rest.what.settings.nodes, 1);
  EXPECT_EQ(shrunk.rest.what.settings.clients, 1);
  EXPECT_EQ(shrunk.rest.what.settings.keys, 1);
  EXPECT_EQ(shrunk.rest.finding.sentence, "I5 fresh, smaller");
}

TEST(Shrink, WhatFailsOnlyAsItIsStaysAsItIs) {
  const FailingCase big = bigCase();
  const Shrunk shrunk = shrink(big, failsIf([](const Case&) { return false; }), never);
  EXPECT_TRUE(shrunk.minimal);
  EXPECT_EQ(print(shrunk.rest.what), print(big.what));
  EXPECT_GT(shrunk.tried, 60U);
}

TEST(Shrink, EveryCandidateCanBeRun) {
  const auto alone = failsIf([](const Case& what) {
    const Settings& s = what.settings;
    EXPECT_GE(s.replication, 1);
    EXPECT_EQ(s.replication % 2, 1);
    EXPECT_GE(s.nodes, s.replication);
    for (const Fault& each : what.faults) {
      EXPECT_LT(each.a, s.nodes);
      EXPECT_LT(each.b, s.nodes);
      EXPECT_LT(each.at.micros, s.faultsMs * 1000);
      EXPECT_GE(each.at.micros, 0);
    }
    return what.faults.size() % 2 == 0;
  });
  EXPECT_TRUE(shrink(bigCase(), alone, never).minimal);
}

TEST(Shrink, ASeedThatTheCandidateWasGivenIsKept) {
  const auto withSeed9 = [](const Case& candidate) -> std::optional<FailingCase> {
    FailingCase found{candidate, {"fresh", "", 1_s, {}}};
    found.what.settings.seed = 9;
    return found;
  };
  EXPECT_EQ(shrink(bigCase(), withSeed9, never).rest.what.settings.seed, 9);
}

TEST(Shrink, EndsWhenTheTimeIsUp) {
  int left = 3;
  const Shrunk shrunk =
      shrink(bigCase(), failsIf([](const Case&) { return true; }), [&left] { return left-- == 0; });
  EXPECT_FALSE(shrunk.minimal);
  EXPECT_EQ(shrunk.tried, 3U);
}

TEST(OtherSeeds, ComeAfterTheCaseItselfAndAreTheSameEachTime) {
  const Case what = bigCase().what;
  const std::vector<Case> cases = withOtherSeeds(what);
  ASSERT_EQ(cases.size(), 1 + otherSeeds);
  EXPECT_EQ(print(cases[0]), print(what));
  EXPECT_NE(cases[1].settings.seed, what.settings.seed);
  EXPECT_NE(cases[1].settings.seed, cases[2].settings.seed);
  EXPECT_EQ(cases[1].faults, what.faults);
  EXPECT_EQ(print(withOtherSeeds(what)[3]), print(cases[3]));
}

TEST(FailsAs, TakesTheFirstSeedWithTheSameFinding) {
  const Case what = bigCase().what;
  const std::vector<Case> cases = withOtherSeeds(what);
  const auto runOne = [&](const Case& each) {
    RunReport report;
    if (each.settings.seed == cases[1].settings.seed) report.finding = {"live", "I18", 1_s, {}};
    if (each.settings.seed == cases[3].settings.seed) report.finding = {"fresh", "I5", 2_s, {}};
    return report;
  };
  const auto found = failsAs("fresh", what, runOne, {2, 60_s});
  ASSERT_TRUE(found.has_value());
  EXPECT_EQ(found->what.settings.seed, cases[3].settings.seed);
  EXPECT_EQ(found->finding.sentence, "I5");
  EXPECT_FALSE(failsAs("unique", what, runOne, {2, 60_s}).has_value());
}

}  // namespace
}  // namespace henge::sim
