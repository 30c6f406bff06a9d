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

}  // namespace
}  // namespace henge::coordinator
