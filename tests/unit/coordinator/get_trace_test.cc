#include "server/coordinator/get_trace.h"

#include <gtest/gtest.h>

#include "tests/unit/coordinator/op_script.h"

namespace henge::coordinator {
namespace {

TEST(GetTrace, script) {
  OpScript script;
  golden::runScript("get_trace.txt", [&](const golden::Command& c) { return script.run(c); });
}

}  // namespace
}  // namespace henge::coordinator
