#include "server/membership/slow_peers.h"

#include <gtest/gtest.h>

#include "tests/kit/virtual_loop.h"

namespace henge::membership {
namespace {

class SlowPeersTest : public testing::Test, public SlownessSink {
 protected:
  void onSlow(NodeId peer, bool isSlow, const std::string& why) override {
    told.push_back(toString(peer) + (isSlow ? " slow: " : " no more: ") + why);
  }
  // So many answers, 100 ms apart.
  void answers(std::uint32_t peer, Duration took, int count = 20) {
    for (int i = 0; i < count; ++i) {
      loop.runFor(100_ms);
      slow.onFetched({peer}, took);
    }
  }

  void pings(std::uint32_t peer, Duration took, int count = 20) {
    for (int i = 0; i < count; ++i) {
      loop.runFor(100_ms);
      slow.onPinged({peer}, took);
    }
  }

  kit::VirtualLoop loop;
  SlowPeers slow{{}, loop, *this};
  std::vector<std::string> told;
};

TEST_F(SlowPeersTest, fourTimesAsLateAsTheOthersIsSlow) {
  answers(1, 1_ms);
  answers(2, 2_ms);
  answers(3, 19_ms);
  EXPECT_TRUE(told.empty()) << "nothing under 20 ms is slow";
  answers(3, 25_ms);
  EXPECT_EQ(told,
            std::vector<std::string>{"n3 slow: answers after 20.0 ms, the others after 2.0 ms"});
}

TEST_F(SlowPeersTest, whereAllAreFarAwayNobodyIsSlow) {
  for (int i = 0; i < 20; ++i) {
    for (std::uint32_t peer = 1; peer <= 3; ++peer) answers(peer, 80_ms, 1);
  }
  told.clear();
  answers(2, 150_ms);
  EXPECT_TRUE(told.empty());
}

TEST_F(SlowPeersTest, isTriedAgainAfterAWhileAndNotBefore) {
  answers(1, 1_ms);
  answers(2, 1_ms);
  answers(3, 100_ms);
  ASSERT_EQ(told.size(), 1U);
  answers(3, 1_ms, 30);
  EXPECT_EQ(told.size(), 1U) << "it was slow 3 s ago";
  answers(3, 1_ms, 30);
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(told[1], "n3 no more: answers after 9.6 ms, the others after 1.0 ms");
}

TEST_F(SlowPeersTest, betweenTheTwoBoundsItStaysAsItIs) {
  answers(1, 1_ms);
  answers(3, 15_ms);
  EXPECT_TRUE(told.empty());
  answers(3, 100_ms);
  ASSERT_EQ(told.size(), 1U);
  answers(3, 15_ms, 100);
  EXPECT_EQ(told.size(), 1U);
}

TEST_F(SlowPeersTest, oneHiccupIsNone) {
  answers(1, 1_ms);
  answers(3, 1_ms);
  const auto late = [this] {
    loop.runFor(500_ms);
    answers(3, 500_ms, 1);
  };
  late();
  late();
  answers(3, 1_ms);
  EXPECT_TRUE(told.empty());
  for (int i = 0; i < 3; ++i) late();
  EXPECT_EQ(told.size(), 1U);
}

// As after a moment in which nothing could be read: all that was asked before it comes late.
TEST_F(SlowPeersTest, thoseThatWaitedTogetherAreLateOnce) {
  answers(1, 1_ms);
  answers(3, 1_ms);
  loop.runFor(500_ms);
  for (int i = 0; i < 50; ++i) slow.onFetched({3}, 500_ms);
  EXPECT_TRUE(told.empty());
  answers(3, 500_ms, 20);  // each was asked 500 ms before
  EXPECT_EQ(told.size(), 1U);
}

TEST_F(SlowPeersTest, aFetchGivenUpSoonIsNoFastAnswer) {
  answers(1, 1_ms);
  answers(3, 100_ms);
  ASSERT_EQ(told.size(), 1U);
  for (int i = 0; i < 100; ++i) {
    loop.runFor(100_ms);
    slow.onFetchExpired({3}, 5_ms);
  }
  EXPECT_EQ(told.size(), 1U);
  EXPECT_GE(slow.of({3})->weighted(), 80_ms);
}

// Its disk is slow, not its loop.
TEST_F(SlowPeersTest, fastPingsAmidLateFetchesDoNotEndIt) {
  answers(1, 1_ms);
  answers(3, 100_ms);
  ASSERT_EQ(told.size(), 1U);
  for (int second = 0; second < 60; ++second) {
    pings(3, 1_ms, 9);
    answers(3, 100_ms, 1);
  }
  EXPECT_EQ(told.size(), 1U);
}

// Asked last it is asked for nothing: it is tried again, ever more rarely.
TEST_F(SlowPeersTest, oneThatIsSlowAgainWhenItIsTriedIsTriedMoreRarely) {
  answers(1, 1_ms);
  std::vector<Duration> slowFor;
  for (int round = 0; round < 9; ++round) {
    const std::size_t before = told.size();
    while (told.size() == before) answers(3, 100_ms, 1);
    const MonoTime since = loop.now();
    while (told.size() == before + 1) pings(3, 1_ms, 1);
    slowFor.push_back(loop.now() - since);
  }
  for (const std::size_t round : {1U, 2U, 3U, 4U, 5U}) {
    EXPECT_GT(slowFor[round].micros, slowFor[round - 1].micros * 19 / 10) << round;
  }
  EXPECT_LE(slowFor.back(), SlowPeersOptions().slowAtMost + 1_s);
  EXPECT_LE(slowFor.front(), 7_s);
  pings(3, 1_ms, 2 * 3200 + 10);  // well for twice as long: forgotten
  const std::size_t before = told.size();
  while (told.size() == before) answers(3, 100_ms, 1);
  const MonoTime since = loop.now();
  while (told.size() == before + 1) pings(3, 1_ms, 1);
  EXPECT_LE(loop.now() - since, 7_s);
}

// There is nobody to ask first.
TEST_F(SlowPeersTest, ofTwoNodesTheOtherIsNeverSlow) {
  answers(3, 500_ms, 100);
  EXPECT_TRUE(told.empty());
}

TEST_F(SlowPeersTest, showsWhatItKnows) {
  EXPECT_EQ(slow.of({1}), nullptr);
  answers(1, 1_ms);
  ASSERT_NE(slow.of({1}), nullptr);
  EXPECT_EQ(slow.of({1})->weighted(), 1_ms);
}

}  // namespace
}  // namespace henge::membership
