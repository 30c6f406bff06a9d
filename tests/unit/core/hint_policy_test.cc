#include "core/hint_policy.h"

#include <gtest/gtest.h>

namespace henge {
namespace {

TEST(HintPolicy, KeepsUpToTheLimitOfATargetAndOfAll) {
  const HintLimits limits{100, 150, 1_s};
  EXPECT_EQ(roomFor(limits, 100, 0, 0), HintRoom::kept);
  EXPECT_EQ(roomFor(limits, 101, 0, 0), HintRoom::targetFull);
  EXPECT_EQ(roomFor(limits, 40, 60, 60), HintRoom::kept);
  EXPECT_EQ(roomFor(limits, 41, 60, 60), HintRoom::targetFull);
  EXPECT_EQ(roomFor(limits, 40, 10, 110), HintRoom::kept);
  EXPECT_EQ(roomFor(limits, 41, 10, 110), HintRoom::allFull);
  EXPECT_EQ(roomFor({0, 150, 1_s}, 1, 0, 0), HintRoom::targetFull) << "none are kept";
}

TEST(HintPolicy, ExpiresAtItsTimeAndNotBefore) {
  Hint hint;
  hint.expiresAt = {1000};
  EXPECT_FALSE(hasExpired(hint, {999}));
  EXPECT_TRUE(hasExpired(hint, {1000}));
}

TEST(HintPolicy, EveryAnswerMeansSomething) {
  const auto of = [](ApplyOutcome outcome, Refusal refusal = Refusal::none) {
    ApplyReply reply;
    reply.outcome = outcome;
    reply.refusal = refusal;
    return deliveryOf(reply);
  };
  EXPECT_EQ(of(ApplyOutcome::applied), Delivery::done);
  EXPECT_EQ(of(ApplyOutcome::superseded), Delivery::done) << "something newer is there";
  EXPECT_EQ(of(ApplyOutcome::unreachable), Delivery::silent);
  EXPECT_EQ(of(ApplyOutcome::failed), Delivery::silent);
  EXPECT_EQ(of(ApplyOutcome::rebuilding), Delivery::later);
  EXPECT_EQ(of(ApplyOutcome::refused, Refusal::none), Delivery::silent);
  EXPECT_EQ(of(ApplyOutcome::refused, Refusal::expired), Delivery::silent);
  EXPECT_EQ(of(ApplyOutcome::refused, Refusal::overloaded), Delivery::slower);
  EXPECT_EQ(of(ApplyOutcome::refused, Refusal::diskFull), Delivery::later);
  EXPECT_EQ(of(ApplyOutcome::refused, Refusal::staleEpoch), Delivery::later);
  EXPECT_EQ(of(ApplyOutcome::refused, Refusal::stamp), Delivery::later);
  EXPECT_EQ(of(ApplyOutcome::refused, Refusal::notOwner), Delivery::later);
  EXPECT_EQ(of(ApplyOutcome::refused, Refusal::invalid), Delivery::never);
}

}  // namespace
}  // namespace henge
