#include "server/coordinator/request_errors.h"

#include <gtest/gtest.h>

namespace henge::coordinator {
namespace {

ApplyReply reply(ApplyOutcome outcome, bool sent = true) {
  ApplyReply answered;
  answered.outcome = outcome;
  answered.sent = sent;
  return answered;
}

TEST(DropOut, onlyWhatEndedBeforeTheAppendIsSurelyNothing) {
  EXPECT_TRUE(dropOutOf({1}, reply(ApplyOutcome::refused)).surelyNothing);
  EXPECT_TRUE(dropOutOf({1}, reply(ApplyOutcome::rebuilding)).surelyNothing);
  EXPECT_TRUE(dropOutOf({1}, reply(ApplyOutcome::unreachable, false)).surelyNothing);
  EXPECT_FALSE(dropOutOf({1}, reply(ApplyOutcome::unreachable, true)).surelyNothing);
  EXPECT_FALSE(dropOutOf({1}, reply(ApplyOutcome::failed)).surelyNothing);
}

TEST(RefusedByAll, oneReasonIsToldAsItIs) {
  const auto kindOf = [](Refusal refusal) {
    const DropOut dropOut{{1}, refusal, true, "why"};
    return refusedByAll({dropOut, dropOut}, 2, {}).kind;
  };
  EXPECT_EQ(kindOf(Refusal::overloaded), RequestErrorKind::overloaded);
  EXPECT_EQ(kindOf(Refusal::diskFull), RequestErrorKind::overloaded);
  EXPECT_EQ(kindOf(Refusal::stamp), RequestErrorKind::invalidRequest);
  EXPECT_EQ(kindOf(Refusal::invalid), RequestErrorKind::invalidRequest);
  EXPECT_EQ(kindOf(Refusal::expired), RequestErrorKind::timeout);
  EXPECT_EQ(kindOf(Refusal::staleEpoch), RequestErrorKind::unavailable);
  EXPECT_EQ(kindOf(Refusal::notOwner), RequestErrorKind::unavailable);
  EXPECT_EQ(kindOf(Refusal::none), RequestErrorKind::unavailable);
}

TEST(RefusedByAll, severalReasonsAreAllNamed) {
  const RequestError error = refusedByAll(
      {{{1}, Refusal::overloaded, true, "busy"}, {{2}, Refusal::none, true, "rebuilding"}}, 2,
      {{1}, {2}});
  EXPECT_EQ(error.kind, RequestErrorKind::unavailable);
  EXPECT_EQ(error.message, "too few replicas can serve it; n1: busy; n2: rebuilding");
  EXPECT_EQ(error.missing.size(), 2u);
  EXPECT_EQ(error.retryAfterMs, 0);
}

TEST(TimedOut, namesWhoDroppedOutAndWhy) {
  const RequestError error =
      timedOut("the write may or may not surface", 2, 1, {{2}, {3}},
               {{{2}, Refusal::overloaded, true, "too many operations wait for storage"}});
  EXPECT_EQ(error.kind, RequestErrorKind::timeout);
  EXPECT_EQ(error.message,
            "the write may or may not surface: 1 of the 2 needed; "
            "n2: too many operations wait for storage");
  EXPECT_EQ(error.needed, 2);
  EXPECT_EQ(error.acknowledged, 1);
  EXPECT_EQ(error.missing, (std::vector<NodeId>{{2}, {3}}));
  EXPECT_EQ(timedOut("why", 2, 0, {{2}}, {}).message, "why: 0 of the 2 needed")
      << "who is merely silent has given no reason";
}

TEST(Unavailable, saysNeededAliveAndWhich) {
  WritePlan plan;
  plan.live = {{1}};
  plan.missing = {{2}, {3}};
  plan.required = 2;
  const RequestError error = unavailable(plan);
  EXPECT_EQ(error.needed, 2);
  EXPECT_EQ(error.alive, 1);
  EXPECT_EQ(error.missing, plan.missing);
  EXPECT_EQ(error.message, "1 of the key's replicas up, 2 needed");
}

TEST(CheckCommon, aDeadlineThatIsNowHasPassed) {
  RequestContext context;
  context.level = Consistency::all;
  context.deadline = {100};
  EXPECT_FALSE(checkCommon(context, "k", Limits(), {99}, 3));
  const auto expired = checkCommon(context, "k", Limits(), {100}, 3);
  ASSERT_TRUE(expired);
  EXPECT_EQ(expired->kind, RequestErrorKind::timeout);
  EXPECT_EQ(expired->needed, 3);
}

}  // namespace
}  // namespace henge::coordinator
