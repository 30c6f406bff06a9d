#include "wire/ping_pacing.h"

#include <gtest/gtest.h>

#include "tests/unit/wire/linked_in_memory.h"

namespace henge::wire {
namespace {

TEST(PingPacing, isAsAskedInSmallClusters) {
  for (const std::size_t peers : {0U, 2U, 50U}) {
    const PingPacing paced = pacedFor(peers, {250_ms, 1_s});
    EXPECT_EQ(paced.pingAfter, 250_ms) << peers;
    EXPECT_EQ(paced.silenceMax, 1_s) << peers;
  }
}

TEST(PingPacing, growsWithTheCluster) {
  const PingPacing paced = pacedFor(200, {250_ms, 1_s});
  EXPECT_EQ(paced.pingAfter, 1_s);
  EXPECT_EQ(paced.silenceMax, 4_s);
}

TEST(PingPacing, neverShortensWhatWasAsked) {
  const PingPacing paced = pacedFor(200, {2_s, 60_s});
  EXPECT_EQ(paced.pingAfter, 2_s);
  EXPECT_EQ(paced.silenceMax, 60_s);
}

TEST(PingPacing, isWhatLinksKeepTo) {
  LinkedInMemory node(201);
  const auto peer = node.comeUp();
  node.loop.runFor(999_ms);
  EXPECT_TRUE(peer->sent.empty());
  node.loop.runFor(2_ms);
  EXPECT_FALSE(peer->sent.empty());  // a ping, which stays without an answer
  node.loop.runFor(2990_ms);
  EXPECT_TRUE(node.links->isUp({2}));
  node.loop.runFor(20_ms);
  EXPECT_FALSE(node.links->isUp({2}));
  EXPECT_TRUE(node.events.mentions("went down: silent for 4000 ms"));
}

}  // namespace
}  // namespace henge::wire
