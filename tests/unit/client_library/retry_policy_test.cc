#include "client/library/retry_policy.h"

#include <gtest/gtest.h>

#include "client/library/retry_budget.h"
#include "tests/unit/wire/fakes.h"

namespace henge::library {
namespace {

using Kind = NextStep::Kind;

NextStep step(RetryFacts facts) {
  wire::CountingRandom random;
  return nextStep(facts, random);
}

TEST(RetryPolicy, whatWasSentIsNotSentAgainIfForbiddenOrTheBudgetIsUsedUp) {
  for (const AttemptEnd end : {AttemptEnd::lost, AttemptEnd::unavailable, AttemptEnd::timeout,
                               AttemptEnd::overloaded, AttemptEnd::rebuilding}) {
    EXPECT_NE(step({.end = end}).kind, Kind::giveUp);
    EXPECT_EQ(step({.end = end, .isAllowed = false}).kind, Kind::giveUp);
    EXPECT_EQ(step({.end = end, .hasBudget = false}).kind, Kind::giveUp);
  }
  EXPECT_EQ(step({.isAllowed = false, .hasBudget = false}).kind, Kind::now);
}

TEST(RetryPolicy, aBrokenRuleIsBrokenEverywhere) {
  EXPECT_EQ(step({.end = AttemptEnd::refused}).kind, Kind::giveUp);
}

TEST(RetryPolicy, eachOtherNodeIsAskedWhetherItSeesMoreReplicas) {
  EXPECT_EQ(step({.end = AttemptEnd::unavailable}).kind, Kind::now);
  EXPECT_EQ(step({.end = AttemptEnd::unavailable, .hasUntried = false}).kind, Kind::giveUp);
}

TEST(RetryPolicy, attemptsAreLimited) {
  EXPECT_EQ(step({.attempts = attemptsMax - 1}).kind, Kind::now);
  EXPECT_EQ(step({.attempts = attemptsMax}).kind, Kind::giveUp);
}

TEST(RetryPolicy, pausesDoubleUpToTheirLimitAndAreNeverShorterThanHalf) {
  wire::CountingRandom random;
  Duration whole = pauseLeast;
  for (int attempts = 1; attempts < attemptsMax; ++attempts) {
    for (int i = 0; i < 100; ++i) {
      const NextStep next =
          nextStep({.end = AttemptEnd::lost, .attempts = attempts, .hasUntried = false}, random);
      ASSERT_EQ(next.kind, Kind::later);
      ASSERT_GT(next.wait.micros, whole.micros / 2 - 1);
      ASSERT_LE(next.wait, whole);
    }
    whole = std::min(whole * 2, pauseMost);
  }
}

TEST(RetryPolicy, anOverloadedNodeIsNotAskedBeforeItsTime) {
  wire::CountingRandom random;
  for (int i = 0; i < 100; ++i) {
    const NextStep next = nextStep({.end = AttemptEnd::overloaded, .retryAfter = 300_ms}, random);
    ASSERT_EQ(next.kind, Kind::later);
    ASSERT_GE(next.wait, 300_ms);
    ASSERT_LE(next.wait, 450_ms);
  }
}

TEST(RetryPolicy, patienceIsHalfOfWhatIsLeft) {
  EXPECT_EQ(patienceOf(2_s), 1_s);
  EXPECT_EQ(patienceOf(60_ms), 50_ms);
}

TEST(RetryBudget, isAReserveAndAPartOfTheRequests) {
  RetryBudget budget(3, 10);
  for (int i = 0; i < 1000; ++i) budget.onRequest();  // never more than the reserve
  int resends = 0;
  for (; budget.hasOne(); ++resends) budget.take();
  EXPECT_EQ(resends, 3);
  for (int i = 0; i < 100; ++i) {
    budget.onRequest();
    if (!budget.hasOne()) continue;
    budget.take();
    ++resends;
  }
  EXPECT_EQ(resends, 3 + 10);
}

}  // namespace
}  // namespace henge::library
