#include "client/bench/server_cost.h"

#include <gtest/gtest.h>
#include <unistd.h>

namespace henge::bench {
namespace {

TEST(ServerCost, countsTheCpuOfRunningProcesses) {
  const Result<double> before = cpuMicrosOf({getpid()});
  ASSERT_TRUE(before.ok());
  double spent = 0;
  volatile std::uint64_t work = 0;
  while (spent < 50'000) {  // until the system has counted it
    for (int i = 0; i < 1'000'000; ++i) work = work + 1;
    spent = *cpuMicrosOf({getpid()}) - *before;
  }
  EXPECT_GE(*cpuMicrosOf({getpid(), getpid()}), 2 * (*before + spent));
  EXPECT_EQ(*cpuMicrosOf({}), 0);
}

TEST(ServerCost, aProcessThatIsNotThereIsNamed) {
  EXPECT_EQ(cpuMicrosOf({1 << 30}).error().message, "there is no process 1073741824");
}

TEST(ServerCost, aNodeThatDoesNotAnswerHasNotCaughtUp) {
  EXPECT_FALSE(awaitStores({"127.0.0.1:1"}, 1_us));
  EXPECT_TRUE(awaitStores({}, 1_us));
}

}  // namespace
}  // namespace henge::bench
