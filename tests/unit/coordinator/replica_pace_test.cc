#include "server/coordinator/replica_pace.h"

#include <gtest/gtest.h>

namespace henge::coordinator {
namespace {

constexpr NodeId fast{1};
constexpr NodeId slow{2};
constexpr MonoTime noon{3'600'000'000};

ReplicaPace measured() {
  ReplicaPace pace;
  for (int i = 0; i < 100; ++i) {
    pace.onAnswered(fast, Duration{100}, noon);
    pace.onAnswered(slow, 10_ms, noon);
  }
  return pace;
}

TEST(ReplicaPace, WhoIsNotMeasuredYetGetsTime) {
  ReplicaPace pace;
  EXPECT_EQ(pace.overdueAfter(fast), ReplicaPace::overdueUnknown);
  pace.onAnswered(fast, Duration{100}, noon);
  EXPECT_EQ(pace.overdueAfter(fast), ReplicaPace::overdueUnknown);
}

TEST(ReplicaPace, EachReplicaHasATimeOfItsOwn) {
  const ReplicaPace pace = measured();
  EXPECT_EQ(pace.overdueAfter(fast), ReplicaPace::overdueMin);
  EXPECT_GE(pace.overdueAfter(slow), 10_ms);
  EXPECT_LE(pace.overdueAfter(slow), 13_ms);
}

TEST(ReplicaPace, StuckIsWhoOwesAnAnswerForLong) {
  ReplicaPace pace = measured();
  const MonoTime asked = noon + 1_s;
  EXPECT_FALSE(pace.isStuck(fast, asked + 60_s));
  pace.onOverdue(fast, {7}, asked);
  EXPECT_FALSE(pace.isStuck(fast, asked + 50_ms));
  EXPECT_TRUE(pace.isStuck(fast, asked + 51_ms));
  EXPECT_FALSE(pace.isStuck(slow, asked + 51_ms));
  // The oldest counts, and a younger answer does not help.
  pace.onOverdue(fast, {9}, asked + 40_ms);
  pace.onSettled(fast, {9}, asked + 51_ms, true);
  EXPECT_TRUE(pace.isStuck(fast, asked + 51_ms));
  pace.onSettled(fast, {7}, asked + 60_ms, false);
  EXPECT_FALSE(pace.isStuck(fast, asked + 60_ms));
}

// Else the slowest answers would be missing in the measure.
TEST(ReplicaPace, ALateAnswerIsMeasuredFromWhenItWasAskedFor) {
  ReplicaPace pace = measured();
  for (std::uint64_t op = 1; op <= 40; ++op) {
    pace.onOverdue(fast, {op}, noon);
    pace.onSettled(fast, {op}, noon + 200_ms, true);
  }
  EXPECT_GE(pace.p95(fast), 200_ms);
  EXPECT_EQ(pace.p95({5}), Duration{});
}

TEST(ReplicaPace, OneReadInTwentyMayAskOneMore) {
  ReplicaPace pace;
  int taken = 0;
  while (pace.takeExtra()) ++taken;
  EXPECT_EQ(taken, ReplicaPace::extrasSaved);
  for (int read = 0; read < 2000; ++read) {
    pace.onRead();
    if (pace.takeExtra()) ++taken;
  }
  EXPECT_EQ(taken, ReplicaPace::extrasSaved + 100);
  // What is not used is not saved up without end.
  for (int read = 0; read < 100'000; ++read) pace.onRead();
  taken = 0;
  while (pace.takeExtra()) ++taken;
  EXPECT_EQ(taken, ReplicaPace::extrasSaved);
}

}  // namespace
}  // namespace henge::coordinator
