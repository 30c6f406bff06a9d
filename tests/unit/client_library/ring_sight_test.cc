#include "client/library/ring_sight.h"

#include <gtest/gtest.h>

#include "tests/unit/wire/fakes.h"

namespace henge::library {
namespace {

constexpr MonoTime start{5'000'000};

RingView viewOf(std::uint64_t epoch) {
  RingView view;
  view.cluster = wire::clusterOf({9000, 9002, 9004});
  view.cluster.epoch = epoch;
  view.ringHash = 100 + epoch;
  return view;
}

TEST(RingSight, isAskedForOfOneNodeAtATime) {
  RingSight sight;
  EXPECT_TRUE(sight.wantsForHash(101, start));
  sight.asked(start);
  EXPECT_FALSE(sight.wantsForHash(101, start));
  sight.askFailed();
  EXPECT_TRUE(sight.wantsForHash(101, start)) << "nothing is known: at once again";
}

TEST(RingSight, isAskedForAnewWhenANodeSpeaksOfAnother) {
  RingSight sight;
  sight.asked(start);
  ASSERT_TRUE(sight.learn(viewOf(1)).ok());
  const MonoTime later = start + RingSight::askedEvery;
  EXPECT_FALSE(sight.wantsForHash(101, later));
  EXPECT_FALSE(sight.wantsForEpoch(1, later));
  EXPECT_FALSE(sight.wantsForEpoch(0, later)) << "unknown";
  EXPECT_TRUE(sight.wantsForHash(102, later));
  EXPECT_TRUE(sight.wantsForEpoch(2, later));
  EXPECT_FALSE(sight.wantsForEpoch(2, start)) << "not more often than once a second";
}

TEST(RingSight, keepsWhatItKnowsBeforeWhatCannotBeOrIsOlder) {
  RingSight sight;
  ASSERT_TRUE(sight.learn(viewOf(2)).ok());
  RingView wrong = viewOf(3);
  wrong.cluster.members.clear();
  EXPECT_FALSE(sight.learn(wrong).ok());
  EXPECT_TRUE(sight.learn(viewOf(1)).ok());
  ASSERT_NE(sight.ring(), nullptr);
  EXPECT_EQ(sight.ring()->cluster().epoch, 2u);
}

}  // namespace
}  // namespace henge::library
