#include "server/coordinator/get_op.h"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace henge::coordinator
