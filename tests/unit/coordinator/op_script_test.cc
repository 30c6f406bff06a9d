#include "tests/unit/coordinator/op_script.h"

#include <gtest/gtest.h>

namespace henge::coordinator {
namespace {

TEST(PutOp, script) {
  OpScript script;
  golden::runScript("put_op.txt", [&](const golden::Command& c) { return script.run(c); });
}

TEST(GetOp, script) {
  OpScript script;
  golden::runScript("get_op.txt", [&](const golden::Command& c) { return script.run(c); });
}

}  // namespace
}  // namespace henge::coordinator
