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
      slow.onLatency({peer}, took);
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
  answers(3, 500_ms, 2);
  answers(3, 1_ms);
  EXPECT_TRUE(told.empty());
  answers(3, 500_ms, 3);
  EXPECT_EQ(told.size(), 1U);
}

TEST_F(SlowPeersTest, showsWhatItKnows) {
  EXPECT_EQ(slow.of({1}), nullptr);
  answers(1, 1_ms);
  ASSERT_NE(slow.of({1}), nullptr);
  EXPECT_EQ(slow.of({1})->weighted(), 1_ms);
}

}  // namespace
}  // namespace henge::membership
