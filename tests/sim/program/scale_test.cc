#include "tests/sim/program/scale.h"

#include <gtest/gtest.h>
#include <set>

namespace henge::sim {
namespace {

TEST(Scale, tenNodesAreKilledOneAfterTheOther) {
  const Case what = scaleCase(1000, 7);
  EXPECT_EQ(what.settings.nodes, 1000);
  EXPECT_EQ(what.settings.seed, 7);
  ASSERT_EQ(what.faults.size(), 10U);
  std::set<std::uint32_t> killed;
  Duration backAt;
  for (const Fault& fault : what.faults) {
    EXPECT_EQ(fault.kind, FaultKind::crash);
    EXPECT_GT(fault.at, backAt);
    EXPECT_LT(fault.a, 1000U);
    killed.insert(fault.a);
    backAt = fault.at + fault.lasts;
  }
  EXPECT_LT(backAt.micros, what.settings.faultsMs * 1000);
  EXPECT_EQ(killed.size(), 10U);
}

TEST(Scale, aSmallClusterCanBeAskedForToo) {
  for (const Fault& fault : scaleCase(3, 99).faults) EXPECT_LT(fault.a, 3U);
}

TEST(Scale, theTextSaysWhatOneNodeCosts) {
  RunReport report;
  report.events = 3'000'000;
  report.simulated = 90_s;
  report.ops = 200;
  report.okOps = 199;
  report.restarts = 10;
  EXPECT_EQ(scaleText(100, report, {2.5, 2.0, 300 << 20}),
            "nodes 100  simulated 90.0 s\n"
            "events 3000000 (1500000 per CPU second)  wall 2.5 s  CPU 2.0 s\n"
            "memory at its peak 300 MiB, 3072 KiB a node\n"
            "operations 200 (99.5 % ok)  restarts 10  violations 0\n");
  report.finding = Finding{"bounded", "too much", {}, {}};
  EXPECT_TRUE(scaleText(100, report, {}).ends_with("violations 1\n"));
}

}  // namespace
}  // namespace henge::sim
