#include "core/replica_plan.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <optional>

#include "core/key_text.h"
#include "tests/golden/script_runner.h"
#include "tests/unit/core/script_cluster.h"

namespace henge {
namespace {

UpSet upSetOf(const golden::Command& command) {
  UpSet up;
  for (NodeId node : command.nodes("up")) up.set(node, Liveness::up);
  for (NodeId node : command.nodes("rebuilding")) up.set(node, Liveness::rebuilding);
  for (NodeId node : command.nodes("slow")) up.setSlow(node, true);
  return up;
}

template <typename Plan>
std::string shown(const Plan& plan) {
  return toString(plan) + (plan.feasible() ? " feasible" : " NOT feasible");
}

TEST(ReplicaPlan, script) {
  std::optional<Ring> ring;
  golden::runScript("replica_plan.txt", [&](const golden::Command& command) -> std::string {
    if (command.name() == "cluster") {
      ring.emplace(clusterOf(command));
      return "";
    }
    Bytes key = parseKeyText(command.text("key")).value();
    Consistency level = parseConsistency(command.text("level")).value();
    UpSet up = upSetOf(command);
    if (command.name() == "write") return shown(planWrite(*ring, up, key, level));
    NodeId coordinator{static_cast<std::uint32_t>(command.number("coordinator"))};
    return shown(planRead(*ring, up, key, level, coordinator));
  });
}

TEST(ReplicaPlan, everyReplicaIsPlannedOrMissing) {
  Ring ring(clusterOf({"00", "40", "80", "c0", "e0"}, 3));
  for (unsigned mask = 0; mask < 32; ++mask) {
    UpSet up;
    for (std::uint32_t node = 0; node < 5; ++node) {
      if (mask >> node & 1) up.set({node}, Liveness::up);
    }
    for (std::uint32_t coordinator = 0; coordinator < 5; ++coordinator) {
      WritePlan write = planWrite(ring, up, "\x89", Consistency::quorum);
      ReadPlan read = planRead(ring, up, "\x89", Consistency::quorum, {coordinator});
      EXPECT_EQ(write.live.size() + write.missing.size(), 3u);
      EXPECT_EQ(read.missing, write.missing);
      EXPECT_TRUE(std::is_permutation(read.order.begin(), read.order.end(), write.live.begin(),
                                      write.live.end()));
      for (NodeId node : write.live) EXPECT_TRUE(up.isUp(node));
      for (NodeId node : write.missing) EXPECT_FALSE(up.isUp(node));
    }
  }
}

TEST(UpSet, aNodeNeverSetIsDownAndTheLastWordCounts) {
  UpSet up;
  EXPECT_EQ(up.of({3}), Liveness::down);
  for (std::uint32_t node : {5u, 1u, 3u}) up.set({node}, Liveness::up);
  up.set({3}, Liveness::rebuilding);
  up.set({5}, Liveness::down);
  EXPECT_TRUE(up.isUp({1}));
  EXPECT_FALSE(up.isUp({2}));
  EXPECT_EQ(up.of({3}), Liveness::rebuilding);
  EXPECT_FALSE(up.isUp({3}));
  EXPECT_EQ(up.of({5}), Liveness::down);
  EXPECT_EQ(up.of({6}), Liveness::down);
}

TEST(UpSet, slownessIsApartFromLiveness) {
  UpSet up;
  up.set({1}, Liveness::up);
  EXPECT_FALSE(up.isSlow({1}));
  for (std::uint32_t node : {5u, 1u, 3u, 1u}) up.setSlow({node}, true);
  EXPECT_TRUE(up.isUp({1}));
  EXPECT_TRUE(up.isSlow({1}));
  up.setSlow({1}, false);
  up.setSlow({2}, false);
  EXPECT_FALSE(up.isSlow({1}));
  EXPECT_TRUE(up.isSlow({3}));
  EXPECT_TRUE(up.isSlow({5}));
}

}  // namespace
}  // namespace henge
