#include "server/coordinator/put_op.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <optional>

#include "tests/unit/coordinator/op_script.h"

namespace henge::coordinator {
namespace {

TEST(PutOp, script) {
  OpScript script;
  golden::runScript("put_op.txt", [&](const golden::Command& c) { return script.run(c); });
}

TEST(PutOp, repliesInEveryOrderDecideAlike) {
  // Two take it, one fails: whatever the order, the client hears "applied" from the same two.
  std::vector<NodeId> order = {{1}, {2}, {3}};
  do {
    Stage stage;
    const OpId op = stage.put(stage.putOf("x"));
    for (const NodeId node : order) {
      ApplyReply reply = applied();
      if (node == NodeId{3}) reply.outcome = ApplyOutcome::failed;
      stage.answer(node, std::move(reply));
    }
    const PutAnswer& answer = stage.putAnswer(op);
    EXPECT_EQ(answer.outcome, Outcome::applied);
    EXPECT_EQ(answer.acknowledged, 2);
    EXPECT_EQ(stage.coordinator.operations(), 0u);
    EXPECT_EQ(stage.coordinator.counters().replicasMissed, 1u);
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(PutOp, aTimeoutNamesWhoDroppedOutAndWhy) {
  Stage stage;
  const OpId op = stage.put(stage.putOf("x"));
  stage.answer({1}, applied());
  ApplyReply busy = refused(Refusal::overloaded);
  busy.message = "too many operations wait for storage";
  stage.answer({2}, busy);
  stage.loop.runFor(2_s);  // the third stays silent
  const PutAnswer& answer = stage.putAnswer(op);
  EXPECT_EQ(answer.outcome, Outcome::unknown);
  ASSERT_TRUE(answer.error);
  EXPECT_EQ(answer.error->message,
            "the write may or may not surface: 1 of the 2 needed; "
            "n2: too many operations wait for storage");
}

// What is kept is what was sent, so that the replica that missed it cannot tell the difference.
TEST(PutOp, aHintIsTheVeryRecord) {
  Stage stage;
  stage.membership.up.set({3}, Liveness::down);
  stage.put(stage.putOf("x"));
  const ApplyRequest sent = *stage.latestTo({2}).apply();
  stage.answer({2}, applied());
  ASSERT_EQ(stage.hints.kept.size(), 1u);
  EXPECT_EQ(stage.hints.kept[0].target, NodeId{3});
  EXPECT_EQ(stage.hints.kept[0].record, sent.record);
  EXPECT_EQ(stage.hints.kept[0].dispatchedAtMicros, sent.dispatchedAtMicros);
}

// Whatever the replicas answer, in whatever order: hints are kept if and only if somebody has the
// write, for each replica that did not say so, once; never for a write that is refused; and no
// hint makes a client hear of one acknowledgement more.
TEST(PutOp, hintsAreForThoseWhoLackWhatSomebodyHas) {
  const auto replies = [] {
    ApplyReply failed;
    return std::vector<std::optional<ApplyReply>>{
        applied(),          superseded({INT64_MAX, 1}), refused(Refusal::overloaded),
        unreachable(false), unreachable(true),          failed,
        std::nullopt};
  }();
  const auto holds = [](const std::optional<ApplyReply>& reply) {
    return reply &&
           (reply->outcome == ApplyOutcome::applied || reply->outcome == ApplyOutcome::superseded);
  };
  for (const auto& a : replies) {
    for (const auto& b : replies) {
      for (const bool thirdIsUp : {false, true}) {
        Stage stage;
        if (!thirdIsUp) stage.membership.up.set({3}, Liveness::down);
        const OpId op = stage.put(stage.putOf("x"));
        if (a) stage.answer({1}, *a);
        if (b) stage.answer({2}, *b);
        stage.loop.runFor(3_s);
        const PutAnswer& answer = stage.putAnswer(op);
        std::vector<NodeId> lacking;
        if (holds(a) || holds(b)) {
          if (!holds(a)) lacking.push_back({1});
          if (!holds(b)) lacking.push_back({2});
          lacking.push_back({3});
        }
        std::vector<NodeId> hinted;
        for (const auto& hint : stage.hints.kept) hinted.push_back(hint.target);
        std::sort(hinted.begin(), hinted.end());
        EXPECT_EQ(hinted, lacking);
        EXPECT_LE(answer.acknowledged, int{holds(a)} + int{holds(b)});
        EXPECT_TRUE(answer.outcome != Outcome::surelyNotApplied || hinted.empty());
      }
    }
  }
}

TEST(PutOp, whatIsRefusedBeforeItIsSentLeavesNoHint) {
  Stage stage;
  stage.membership.up.set({2}, Liveness::down);
  stage.membership.up.set({3}, Liveness::rebuilding);
  const OpId op = stage.put(stage.putOf("x"));
  EXPECT_EQ(stage.putAnswer(op).outcome, Outcome::surelyNotApplied);
  stage.loop.runFor(3_s);
  EXPECT_TRUE(stage.hints.kept.empty());
}

TEST(PutOp, aLateAnswerCancelsItsHintAndOnlyThat) {
  Stage stage;
  stage.put(stage.putOf("x"));
  stage.answer({1}, applied());
  stage.loop.runFor(3_s);
  ASSERT_EQ(stage.hints.kept.size(), 2u);
  stage.answer({3}, refused(Refusal::expired));
  EXPECT_FALSE(stage.hints.kept[1].cancelled);
  stage.answer({2}, superseded({INT64_MAX, 1}));
  EXPECT_TRUE(stage.hints.kept[0].cancelled);
  EXPECT_FALSE(stage.hints.kept[1].cancelled);
}

TEST(PutOp, anAnswerAfterOneOfSilenceCancelsTheHint) {
  Stage stage;
  stage.put(stage.putOf("x"));
  stage.answer({1}, applied());
  stage.answer({2}, unreachable(true));
  ASSERT_EQ(stage.hints.kept.size(), 1u) << "at once, not at the deadline";
  stage.answer({2}, applied());
  EXPECT_TRUE(stage.hints.kept[0].cancelled);
}

}  // namespace
}  // namespace henge::coordinator
