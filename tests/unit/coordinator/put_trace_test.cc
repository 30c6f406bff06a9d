#include "server/coordinator/put_trace.h"

#include <gtest/gtest.h>

#include "tests/unit/coordinator/op_script.h"

namespace henge::coordinator {
namespace {

TEST(PutTrace, script) {
  OpScript script;
  golden::runScript("put_trace.txt", [&](const golden::Command& c) { return script.run(c); });
}

}  // namespace
}  // namespace henge::coordinator
