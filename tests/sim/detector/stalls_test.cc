// Whether the living are left alone: no member that only stands still for a while is taken for
// dead.
#include "tests/sim/detector/stalls.h"

#include <cstdio>
#include <gtest/gtest.h>
#include <string>

#include "server/node/node_parts.h"

namespace henge::sim {
namespace {

struct Alarms {
  std::uint64_t stalls = 0;
  double stalledPercent = 0;
  std::uint64_t suspicions = 0;
  std::uint64_t refuted = 0;
  std::uint64_t deaths = 0;  // that any node has found
  std::uint64_t downs = 0;  // times that any node has taken another to be down, for whatever reason
};

Alarms runStalled(Settings settings, Duration time) {
  settings.jitterMicros = 300;
  Stage stage(settings);
  std::vector<std::uint32_t> all;
  for (std::uint32_t node = 0; node < stage.nodes(); ++node) all.push_back(node);
  stage.start(all);
  stage.run(2_s);
  for (const std::uint32_t node : all) (void)stage.takeLines(node);
  Stalls stalls(stage, static_cast<std::uint64_t>(settings.seed));
  stalls.begin();
  Alarms alarms;
  const MonoTime end = stage.heap().now() + time;
  while (stage.heap().now() < end) {
    stage.run(60_s);
    for (const std::uint32_t node : all) {
      for (const std::string& line : stage.takeLines(node)) {
        if (line.find(" is down") == std::string::npos || line.starts_with("link")) continue;
        ++alarms.downs;
        std::printf("n%u: %s\n", node, line.c_str());
      }
    }
  }
  for (const std::uint32_t node : all) {
    const membership::DetectorCounters& counted = stage.machine(node).parts()->detector.counters();
    alarms.suspicions += counted.suspicions;
    alarms.refuted += counted.refuted;
    alarms.deaths += counted.deaths;
  }
  alarms.stalls = stalls.count();
  alarms.stalledPercent = 100.0 * static_cast<double>(stalls.stalled().micros) /
                          static_cast<double>(time.micros * static_cast<std::int64_t>(all.size()));
  std::printf(
      "false alarms: %llu of %zu nodes in %lld s (%.1f %% of it stalled, %llu stalls; %llu "
      "suspicions, %llu refuted), %llu members down\n",
      static_cast<unsigned long long>(alarms.deaths), all.size(),
      static_cast<long long>(time.micros / 1'000'000), alarms.stalledPercent,
      static_cast<unsigned long long>(alarms.stalls),
      static_cast<unsigned long long>(alarms.suspicions),
      static_cast<unsigned long long>(alarms.refuted),
      static_cast<unsigned long long>(alarms.downs));
  return alarms;
}

Settings clusterOf(std::int64_t nodes, std::int64_t seed) {
  Settings settings = storySettings();
  settings.nodes = nodes;
  settings.seed = seed;
  return settings;
}

void expectNone(const Alarms& alarms) {
  EXPECT_GT(alarms.stalledPercent, 18.0);
  EXPECT_GT(alarms.suspicions, 100U) << "nobody was suspected: the test shows nothing";
  EXPECT_EQ(alarms.deaths, 0U);
  EXPECT_EQ(alarms.downs, 0U);
}

TEST(Stalls, anHourOfFiveNodesWithoutAFalseAlarm) {
  expectNone(runStalled(clusterOf(5, 1), 3600_s));
}

TEST(Stalls, anHourOfThreeNodesWithoutAFalseAlarm) {
  expectNone(runStalled(clusterOf(3, 3), 3600_s));
}

TEST(Stalls, twentyMinutesOfNineNodesWithoutAFalseAlarm) {
  expectNone(runStalled(clusterOf(9, 2), 1200_s));
}

// The same without time to refute: that there were no alarms above is the detector's doing.
TEST(Stalls, withoutTimeToRefuteThereAreFalseAlarms) {
  Settings hasty = clusterOf(5, 1);
  hasty.suspicionMs = 20;
  EXPECT_GT(runStalled(hasty, 60_s).deaths, 10U);
}

}  // namespace
}  // namespace henge::sim
