#include "server/coordinator/put_op.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace henge::coordinator
