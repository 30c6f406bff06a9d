// Whether the dead are found: how long after a node has frozen all others take it to be down.
#include <algorithm>
#include <cstdio>
#include <gtest/gtest.h>
#include <vector>

#include "server/node/node_parts.h"
#include "tests/sim/chance.h"
#include "tests/sim/scenario/stage.h"

namespace henge::sim {
namespace {

constexpr std::uint64_t seeds = 200;
constexpr Duration bar = 2_s;

// For all others.
struct Found {
  Duration down;  // they ask it for nothing any more
  Duration dead;  // the cluster's word
};

bool allTake(Stage& stage, std::uint32_t victim, bool dead) {
  for (std::uint32_t node = 0; node < stage.nodes(); ++node) {
    if (node == victim) continue;
    node::NodeParts& parts = *stage.machine(node).parts();
    const NodeId who{victim};
    const bool found = dead ? parts.detector.heldOf(who).standing == Standing::dead
                            : parts.peerBook.upSet().of(who) == Liveness::down;
    if (!found) return false;
  }
  return true;
}

Found freezeOne(std::int64_t nodes, std::uint64_t seed) {
  Settings settings = storySettings();
  settings.nodes = nodes;
  settings.jitterMicros = 300;
  settings.seed = static_cast<std::int64_t>(seed);
  Stage stage(settings);
  std::vector<std::uint32_t> all;
  for (std::uint32_t node = 0; node < stage.nodes(); ++node) all.push_back(node);
  stage.start(all);
  Chance chance = Chance(seed).fork("freeze");
  stage.run(2_s + chance.between(Duration{}, 1_s));
  const auto victim = static_cast<std::uint32_t>(chance.below(stage.nodes()));
  stage.machine(victim).pause();
  const MonoTime begin = stage.heap().now();
  Found found{10_s, 10_s};
  if (stage.run(10_s, [&] { return allTake(stage, victim, false); })) {
    found.down = stage.heap().now() - begin;
  }
  if (stage.run(10_s, [&] { return allTake(stage, victim, true); })) {
    found.dead = stage.heap().now() - begin;
  }
  return found;
}

void print(const char* what, std::vector<Duration>& times) {
  std::ranges::sort(times);
  const auto at = [&times](std::size_t perMille) {
    return static_cast<long long>(times[(times.size() - 1) * perMille / 1000].micros / 1000);
  };
  std::printf("%s: least %lld ms, half %lld, 95 %% %lld, 99 %% %lld, most %lld\n", what, at(0),
              at(500), at(950), at(990), at(1000));
}

void expectFoundInTime(std::int64_t nodes) {
  std::vector<Duration> down, dead;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const Found found = freezeOne(nodes, seed);
    down.push_back(found.down);
    dead.push_back(found.dead);
  }
  std::printf("a frozen node of %lld, %llu seeds\n", static_cast<long long>(nodes),
              static_cast<unsigned long long>(seeds));
  print("  down for all others", down);
  print("  found dead by all others", dead);
  EXPECT_LE(down.back(), bar);
  EXPECT_LE(dead.back(), bar);
}

TEST(Detection, ofThreeNodesAFrozenOneIsFoundWithinTwoSeconds) { expectFoundInTime(3); }
TEST(Detection, ofFiveNodesAFrozenOneIsFoundWithinTwoSeconds) { expectFoundInTime(5); }
TEST(Detection, ofNineNodesAFrozenOneIsFoundWithinTwoSeconds) { expectFoundInTime(9); }

}  // namespace
}  // namespace henge::sim
