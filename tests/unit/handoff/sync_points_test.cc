#include "server/handoff/sync_points.h"

#include <gtest/gtest.h>

namespace henge::handoff {
namespace {

TEST(SyncPoints, CountDownWhatWasThere) {
  SyncPoints points;
  points.set({1}, {100});
  points.count(10, {{{2}, 2}, {{3}, 1}});
  EXPECT_EQ(points.nextDeadline().micros, 100);
  points.onEnded({{2}, 11}, HintEnd::delivered);  // came later
  points.onEnded({{4}, 1}, HintEnd::delivered);   // of another target
  points.onEnded({{2}, 9}, HintEnd::delivered);
  points.onEnded({{2}, 10}, HintEnd::cancelled);
  EXPECT_TRUE(points.takeReached({0}).empty());
  points.onEnded({{3}, 5}, HintEnd::expired);
  const auto reached = points.takeReached({0});
  ASSERT_EQ(reached.size(), 1u);
  EXPECT_EQ(reached[0].op, OpId{1});
  EXPECT_EQ(reached[0].sync, (HintSync{3, 2, 1, 0}));
  EXPECT_EQ(points.size(), 0u);
}

TEST(SyncPoints, EndAtTheirDeadlineWithWhatIsLeft) {
  SyncPoints points;
  points.set({1}, {100});
  points.set({2}, {50});
  points.count(10, {{{2}, 2}});
  EXPECT_EQ(points.nextDeadline().micros, 50);
  EXPECT_TRUE(points.takeReached({49}).empty());
  points.onEnded({{2}, 1}, HintEnd::refused);
  const auto reached = points.takeReached({50});
  ASSERT_EQ(reached.size(), 1u);
  EXPECT_EQ(reached[0].op, OpId{2});
  EXPECT_EQ(reached[0].sync, (HintSync{2, 0, 1, 1}));
  EXPECT_EQ(points.size(), 1u);
}

TEST(SyncPoints, AreNotReachedBeforeTheyAreCounted) {
  SyncPoints points;
  points.set({1}, {100});
  points.set({2}, {50});
  EXPECT_TRUE(points.takeReached({49}).empty());
  const auto reached = points.takeReached({50});
  ASSERT_EQ(reached.size(), 1u);
  EXPECT_FALSE(reached[0].sync);
  points.count(10, {});
  EXPECT_EQ(points.takeReached({60})[0].sync, HintSync());
}

TEST(SyncPoints, AllAreTakenWhateverTheyWaitFor) {
  SyncPoints points;
  points.set({1}, {100});
  points.count(10, {{{2}, 2}});
  points.set({2}, {100});
  EXPECT_EQ(points.takeReached({0}, true).size(), 2u);
}

}  // namespace
}  // namespace henge::handoff
