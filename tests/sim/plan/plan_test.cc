#include <algorithm>
#include <gtest/gtest.h>
#include <set>

#include "tests/sim/plan/fault.h"

namespace henge::sim {
namespace {

Case caseOf(std::uint64_t seed) {
  Case drawn;
  drawn.settings = drawSettings(seed);
  drawn.faults = drawFaults(drawn.settings);
  return drawn;
}

TEST(Plan, ASeedAlwaysDrawsTheSame) {
  for (std::uint64_t seed = 1; seed < 50; ++seed) {
    EXPECT_EQ(caseOf(seed).settings, caseOf(seed).settings);
    EXPECT_EQ(caseOf(seed).faults, caseOf(seed).faults);
  }
  EXPECT_NE(caseOf(1).faults, caseOf(2).faults);
}

TEST(Plan, ACaseIsReadBackAsItWasPrinted) {
  for (std::uint64_t seed = 1; seed < 50; ++seed) {
    const Case drawn = caseOf(seed);
    const Result<Case> read = parseCase(print(drawn));
    ASSERT_TRUE(read.ok()) << read.error().message;
    EXPECT_EQ(read->settings, drawn.settings);
    EXPECT_EQ(read->faults, drawn.faults);
  }
}

TEST(Plan, ALineThatSaysNothingIsRefusedByName) {
  EXPECT_EQ(parseCase("nodes three\n").error().message,
            "nodes wants a whole number, not \"three\"");
  EXPECT_EQ(parseCase("noodles 3\n").error().message, "no setting is named \"noodles\"");
  EXPECT_EQ(parseCase("fault 5 explode a 0 b 1 lasts 1 amount 0\n").error().message,
            "no fault: \"5 explode a 0 b 1 lasts 1 amount 0\"");
  EXPECT_TRUE(parseCase("# a comment\n\nnodes 5  # and one more\n").ok());
}

// Over many seeds: every kind of fault, every size of cluster, and a tenth without any fault.
TEST(Plan, SeedsBringEveryKindOfFaultAndLeaveMostOut) {
  std::set<FaultKind> all;
  std::set<std::int64_t> nodes;
  int without = 0, withRestartAndCut = 0;
  constexpr int seeds = 400;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const Case drawn = caseOf(seed);
    std::set<FaultKind> kinds;
    for (const Fault& fault : drawn.faults) kinds.insert(fault.kind);
    all.insert(kinds.begin(), kinds.end());
    nodes.insert(drawn.settings.nodes);
    if (kinds.empty()) ++without;
    const auto has = [&](std::initializer_list<FaultKind> any) {
      return std::any_of(any.begin(), any.end(), [&](FaultKind k) { return kinds.contains(k); });
    };
    using enum FaultKind;
    if (has({crash, powerCut, powerCutAll, cleanStop}) &&
        has({isolate, isolatePeers, partial, oneWay, halves})) {
      ++withRestartAndCut;
    }
  }
  EXPECT_EQ(all.size(), static_cast<std::size_t>(faultKinds));
  EXPECT_EQ(*nodes.begin(), 1);
  EXPECT_EQ(*nodes.rbegin(), 9);
  EXPECT_GT(without, seeds / 20);
  EXPECT_LT(without, seeds / 5);
  EXPECT_GT(withRestartAndCut, seeds * 8 / 10);
}

TEST(Plan, FaultsNameNodesThereAreAndDamageSparesWhatHasNoSecondCopy) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    const Case drawn = caseOf(seed);
    for (const Fault& fault : drawn.faults) {
      EXPECT_LT(fault.a, drawn.settings.nodes);
      EXPECT_LT(fault.b, drawn.settings.nodes);
      const bool damages = fault.kind >= FaultKind::bitRot && fault.kind <= FaultKind::oldDirectory;
      EXPECT_TRUE(!damages || drawn.settings.replication > 1);
    }
  }
}

}  // namespace
}  // namespace henge::sim
