#include "core/suspicion.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace henge {
namespace {

constexpr MonoTime begin{5'000'000};

Duration left(const Suspicion& suspicion) { return suspicion.end() - begin; }

TEST(Suspicion, eachConfirmationShortensIt) {
  Suspicion suspicion({0}, begin, SuspicionTiming::of(5, 800_ms));
  EXPECT_EQ(left(suspicion), 2400_ms);
  EXPECT_TRUE(suspicion.confirm({1}));
  EXPECT_EQ(left(suspicion), 1600_ms);
  EXPECT_TRUE(suspicion.confirm({2}));
  EXPECT_EQ(left(suspicion), Duration{1'132'800});
  EXPECT_TRUE(suspicion.confirm({3}));
  EXPECT_EQ(left(suspicion), 800_ms);
  EXPECT_FALSE(suspicion.wantsConfirmation());
  EXPECT_FALSE(suspicion.confirm({4})) << "three are enough";
  EXPECT_EQ(suspicion.by(), (std::vector<NodeId>{{0}, {1}, {2}, {3}}));
}

TEST(Suspicion, nobodyConfirmsTwice) {
  Suspicion suspicion({0}, begin, SuspicionTiming::of(5, 800_ms));
  EXPECT_FALSE(suspicion.confirm({0}));
  EXPECT_TRUE(suspicion.confirm({1}));
  EXPECT_FALSE(suspicion.confirm({1}));
  EXPECT_EQ(left(suspicion), 1600_ms);
}

TEST(Suspicion, whereNobodyElseCanConfirmItIsShortFromTheStart) {
  EXPECT_EQ(left(Suspicion({0}, begin, SuspicionTiming::of(2, 800_ms))), 800_ms);
  Suspicion three({0}, begin, SuspicionTiming::of(3, 800_ms));
  EXPECT_EQ(left(three), 2400_ms);
  EXPECT_TRUE(three.confirm({1}));
  EXPECT_EQ(left(three), 800_ms) << "the one other there is";
}

TEST(Suspicion, growsWithTheLogarithmOfTheCluster) {
  EXPECT_EQ(SuspicionTiming::of(9, 800_ms).least, 800_ms);
  EXPECT_EQ(SuspicionTiming::of(100, 800_ms).least, Duration{1'444'800});
  EXPECT_EQ(SuspicionTiming::of(1000, 800_ms).least, Duration{2'167'200});
}

TEST(Suspicion, isForgivenTheTimeItsHolderStoodStill) {
  Suspicion suspicion({0}, begin, SuspicionTiming::of(2, 800_ms));
  suspicion.forgive(300_ms);
  suspicion.forgive(100_ms);
  EXPECT_EQ(left(suspicion), 1200_ms);
}

RC_GTEST_PROP(Suspicion, neverShorterThanTheLeastNorLongerThanTheMost, ()) {
  const auto members = *rc::gen::inRange<std::size_t>(2, 2000);
  const SuspicionTiming timing = SuspicionTiming::of(members, 800_ms);
  Suspicion suspicion({0}, begin, timing);
  Duration before = left(suspicion);
  for (const std::uint32_t by :
       *rc::gen::container<std::vector<std::uint32_t>>(rc::gen::inRange<std::uint32_t>(0, 20))) {
    suspicion.confirm({by});
    RC_ASSERT(left(suspicion) <= before);
    before = left(suspicion);
  }
  RC_ASSERT(before >= timing.least);
  RC_ASSERT(before <= timing.most);
}

}  // namespace
}  // namespace henge
