#include "server/coordinator/get_op.h"

#include <gtest/gtest.h>

#include "server/coordinator/replica_pace.h"
#include "tests/unit/coordinator/op_script.h"

namespace henge::coordinator {
namespace {

TEST(GetOp, script) {
  OpScript script;
  golden::runScript("get_op.txt", [&](const golden::Command& c) { return script.run(c); });
}

TEST(GetOp, aWriteBacksAnswerBeforeAnyWriteBackIsNobodys) {
  Stage stage;
  const OpId op = stage.get(stage.getOf());
  stage.coordinator.onApplied(OpId{1}, {2}, applied());
  EXPECT_FALSE(stage.client.gets.contains(op));
  stage.answer({1}, absent());
  stage.answer({2}, absent());
  EXPECT_FALSE(stage.getAnswer(op).error);
}

TEST(GetOp, aTimeoutNamesWhoDroppedOutAndWhy) {
  Stage stage;
  const OpId op = stage.get(stage.getOf());
  stage.answer({1}, absent());
  FetchReply busy;
  busy.outcome = FetchOutcome::refused;
  busy.refusal = Refusal::overloaded;
  busy.message = "too many operations wait for storage";
  stage.answer({2}, busy);
  stage.loop.runFor(2_s);  // the one asked in its place stays silent
  ASSERT_TRUE(stage.getAnswer(op).error);
  EXPECT_EQ(stage.getAnswer(op).error->message,
            "too few replicas answered: 1 of the 2 needed; "
            "n2: too many operations wait for storage");
}

// Of one in twenty reads no more may ask one replica more; but what does not come at all is no load
// that asking elsewhere would make worse.
TEST(GetOp, whereNoMoreMayBeAskedAStuckReplicaIsReplacedAllTheSame) {
  Stage stage;
  for (std::int64_t i = 0; i < ReplicaPace::extrasSaved; ++i) {
    const OpId op = stage.get(stage.getOf());
    stage.loop.runFor(21_ms);
    ASSERT_EQ(stage.latestTo({3}).op, op) << "one more is asked";
    for (const std::uint32_t node : {1U, 2U, 3U}) stage.answer({node}, absent());
  }
  const OpId op = stage.get(stage.getOf());
  stage.answer({1}, absent());
  stage.loop.runFor(79_ms);
  EXPECT_NE(stage.latestTo({3}).op, op);
  EXPECT_EQ(stage.coordinator.counters().hedgesSaved, 1U);
  stage.loop.runFor(3_ms);  // four times 20 ms
  ASSERT_EQ(stage.latestTo({3}).op, op);
  stage.answer({3}, absent());
  EXPECT_FALSE(stage.getAnswer(op).error);
}

}  // namespace
}  // namespace henge::coordinator
