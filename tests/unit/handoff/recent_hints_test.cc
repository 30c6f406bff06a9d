#include "server/handoff/recent_hints.h"

#include <gtest/gtest.h>

namespace henge::handoff {
namespace {

RecentHint hintFor(std::uint32_t target, std::uint64_t number) { return {{{target}, number}, 9}; }

TEST(RecentHints, AreFoundByWriteAndTargetUntilTheyHaveEnded) {
  RecentHints recent(10);
  recent.remember({1}, hintFor(2, 7));
  recent.remember({1}, hintFor(3, 8));
  EXPECT_FALSE(recent.find({2}, {2}));
  EXPECT_EQ(recent.find({1}, {3})->id.number, 8u);
  recent.forget({{3}, 8});
  recent.forget({{3}, 8});
  EXPECT_FALSE(recent.find({1}, {3}));
  EXPECT_EQ(recent.find({1}, {2})->id.number, 7u);
  EXPECT_EQ(recent.size(), 1u);
}

TEST(RecentHints, ForgetTheOldestAtTheirLimit) {
  RecentHints recent(3);
  for (std::uint64_t write = 1; write <= 5; ++write) recent.remember({write}, hintFor(2, write));
  EXPECT_EQ(recent.size(), 3u);
  EXPECT_FALSE(recent.find({2}, {2}));
  EXPECT_TRUE(recent.find({3}, {2}));
}

// What ends again and again must not make the order of forgetting grow, nor its end forget another.
TEST(RecentHints, KeepTheirLimitWhateverEnds) {
  RecentHints recent(3);
  for (std::uint64_t write = 1; write <= 100; ++write) {
    recent.remember({write}, hintFor(2, write));
    recent.forget({{2}, write});
  }
  recent.remember({200}, hintFor(2, 200));
  EXPECT_EQ(recent.size(), 1u);
  EXPECT_TRUE(recent.find({200}, {2}));
}

}  // namespace
}  // namespace henge::handoff
