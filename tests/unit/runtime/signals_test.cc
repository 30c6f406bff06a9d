#include "server/runtime/signals.h"

#include <cerrno>
#include <csignal>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

namespace henge::runtime {
namespace {

class SignalsTest : public testing::TestWithParam<int> {};

TEST_P(SignalsTest, theFirstBecomesOneCallOnTheLoop) {
  Loop loop;
  int told = 0;
  bool inRun = false;
  const Signals signals(loop, [&](int number) {
    EXPECT_TRUE(inRun);
    told = number;
    loop.stop();
  });
  std::raise(GetParam());
  EXPECT_EQ(told, 0);
  inRun = true;
  loop.run();
  EXPECT_EQ(told, GetParam());
}

void signalTwice(int first, int second) {
  Loop loop;  // never runs: as if it were stuck
  const Signals signals(loop, [](int) {});
  std::raise(first);
  std::raise(second);
}

TEST_P(SignalsTest, theSecondEndsTheProcessAtOnce) {
  const auto exitCode = testing::ExitedWithCode(128 + GetParam());
  EXPECT_EXIT(signalTwice(GetParam(), GetParam()), exitCode, "");
  EXPECT_EXIT(signalTwice(SIGTERM, GetParam()), exitCode, "");
}

INSTANTIATE_TEST_SUITE_P(Both, SignalsTest, testing::Values(SIGTERM, SIGINT));

TEST(Signals, aBrokenPipeIsAnErrorAndNoDeath) {
  Loop loop;
  const Signals signals(loop, [](int) {});
  int ends[2] = {-1, -1};
  ASSERT_EQ(::pipe(ends), 0);
  ::close(ends[0]);
  EXPECT_EQ(::write(ends[1], "x", 1), -1);
  EXPECT_EQ(errno, EPIPE);
  ::close(ends[1]);
}

TEST(Signals, whatWasBeforeComesBack) {
  struct sigaction before {};
  struct sigaction during {};
  struct sigaction after {};
  ::sigaction(SIGTERM, nullptr, &before);
  {
    Loop loop;
    const Signals signals(loop, [](int) {});
    ::sigaction(SIGTERM, nullptr, &during);
  }
  ::sigaction(SIGTERM, nullptr, &after);
  EXPECT_EQ(after.sa_handler, before.sa_handler);
  EXPECT_NE(during.sa_handler, before.sa_handler);
  Loop loop;
  const Signals again(loop, [](int) {});  // one after the other is fine
}

}  // namespace
}  // namespace henge::runtime
