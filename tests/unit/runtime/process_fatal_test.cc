#include "server/runtime/process_fatal.h"

#include <cstdio>
#include <cstdlib>
#include <gtest/gtest.h>

namespace henge::runtime {
namespace {

void die(ports::ExitCode code) {
  std::atexit([] { std::fputs("destructors ran\n", stderr); });
  ProcessFatal fatal([](ports::ExitCode saidCode, const std::string& reason) {
    std::fprintf(stderr, "fatal %d: %s\n", static_cast<int>(saidCode), reason.c_str());
  });
  fatal.fatal(code, "sync of log/0/7 failed");
}

TEST(ProcessFatal, saysOneLineAndEndsWithItsCode) {
  EXPECT_EXIT(die(ports::ExitCode::logFailed), testing::ExitedWithCode(79),
              "^fatal 79: sync of log/0/7 failed\n$");
  EXPECT_EXIT(die(ports::ExitCode::engineFailed), testing::ExitedWithCode(80), "^fatal 80: ");
}

}  // namespace
}  // namespace henge::runtime
