// A node that is busy, or whose disk stands still, is there all the same.
#include <algorithm>
#include <gtest/gtest.h>
#include <string>
#include <vector>

#include "server/node/node_parts.h"
#include "tests/sim/scenario/stage.h"

namespace henge::sim {
namespace {

void putMany(Stage& stage, int count) {
  for (int i = 0; i < count; ++i) {
    Ask ask;
    ask.verb = Ask::Verb::put;
    ask.key = "k" + std::to_string(i);
    ask.value = "v";
    ask.deadline = 400_ms;
    stage.begin(std::move(ask), 0);
  }
}

// What the asker has given up at its deadline is in work here still, so they may be more than the
// asker's limit: the door refuses what is above its own, and reads on. It once read no further, and
// so no pings either.
TEST(Busy, aNodeWithManyRequestsOfOnePeerInWorkAnswersProbes) {
  const std::size_t doorMax = wire::ListenerOptions().requestsInFlightMax;
  Settings settings = storySettings();
  settings.operationsMax = 10'000;
  settings.inFlightMax = 1000;
  Stage stage(settings);
  stage.start({0, 1, 2});
  (void)stage.takeLines(0);
  stage.machine(1).files().stall(stage.heap().now() + 5_s);
  std::size_t most = 0;
  const auto look = [&] {
    most = std::max(most, stage.machine(1).parts()->peerDoor.operations());
    return false;
  };
  for (int wave = 0; wave < 6; ++wave) {
    putMany(stage, 500);
    stage.run(350_ms, look);
  }
  // One link alone: that of n2 bears nothing.
  EXPECT_GE(most, doorMax) << "it is not busy enough";
  EXPECT_LE(most, doorMax + membership::Detector::relayedMax);
  stage.run(1500_ms);
  std::vector<std::string> lines = stage.takeLines(0);
  std::erase_if(lines, [](const std::string& line) { return line.starts_with("handoff "); });
  EXPECT_EQ(lines, std::vector<std::string>{});
  EXPECT_TRUE(stage.machine(0).parts()->peerBook.upSet().isUp({1}));
  EXPECT_EQ(stage.machine(0).parts()->detector.counters().suspicions, 0U);
}

}  // namespace
}  // namespace henge::sim
