// A node that answers everything, but late, is there.
#include <cstdio>
#include <gtest/gtest.h>
#include <vector>

#include "server/node/node_parts.h"
#include "tests/sim/scenario/stage.h"

namespace henge::sim {
namespace {

// To and from the node everything takes so long, always.
void makeLate(Stage& stage, std::uint32_t node, Duration oneWay) {
  for (std::uint32_t other = 0; other < stage.nodes(); ++other) {
    if (other == node) continue;
    stage.net().setQuality({node}, {other}, {oneWay, 300_us, 0});
    stage.net().setQuality({other}, {node}, {oneWay, 300_us, 0});
  }
}

void expectNeverDead(std::int64_t nodes, Duration oneWay) {
  Settings settings = storySettings();
  settings.nodes = nodes;
  settings.jitterMicros = 300;
  Stage stage(settings);
  std::vector<std::uint32_t> all;
  for (std::uint32_t node = 0; node < stage.nodes(); ++node) all.push_back(node);
  stage.start(all);
  stage.run(2_s);
  makeLate(stage, 1, oneWay);
  stage.run(600_s);
  std::uint64_t suspicions = 0, deaths = 0;
  for (const std::uint32_t node : all) {
    const membership::DetectorCounters& counted = stage.machine(node).parts()->detector.counters();
    suspicions += counted.suspicions;
    deaths += counted.deaths;
  }
  std::printf("one of %lld nodes answers after %lld ms: %llu suspicions, %llu deaths in 600 s\n",
              static_cast<long long>(nodes), static_cast<long long>(oneWay.micros / 500),
              static_cast<unsigned long long>(suspicions), static_cast<unsigned long long>(deaths));
  EXPECT_GT(suspicions, 0U) << "it is not late enough";
  EXPECT_EQ(deaths, 0U);
}

TEST(Lateness, ofThreeNodesOneThatAnswersAfter300MsIsNeverDead) { expectNeverDead(3, 150_ms); }
TEST(Lateness, ofFiveNodesOneThatAnswersAfter300MsIsNeverDead) { expectNeverDead(5, 150_ms); }
TEST(Lateness, ofFiveNodesOneThatAnswersAfter600MsIsNeverDead) { expectNeverDead(5, 300_ms); }

}  // namespace
}  // namespace henge::sim
