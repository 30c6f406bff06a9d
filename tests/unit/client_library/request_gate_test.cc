#include "client/library/request_gate.h"

#include <gtest/gtest.h>
#include <thread>

namespace henge::library {
namespace {

constexpr auto hour = std::chrono::hours(1);

RequestGate::Time in(std::chrono::nanoseconds span) {
  return std::chrono::steady_clock::now() + span;
}

TEST(RequestGate, countsRequestsAndBytes) {
  RequestGate gate(2, 100);
  EXPECT_TRUE(gate.tryEnter(1000)) << "alone, whatever its bytes";
  EXPECT_FALSE(gate.tryEnter(1));
  gate.leave(1000);
  EXPECT_TRUE(gate.tryEnter(60));
  EXPECT_FALSE(gate.tryEnter(60));
  EXPECT_TRUE(gate.tryEnter(40));
  EXPECT_FALSE(gate.tryEnter(0));
}

TEST(RequestGate, whoWaitsEntersWhenAnotherLeaves) {
  RequestGate gate(1, 100);
  ASSERT_TRUE(gate.tryEnter(1));
  bool hasEntered = false;
  std::thread waiting([&] { hasEntered = gate.enterBy(in(hour), 1); });
  gate.leave(1);
  waiting.join();
  EXPECT_TRUE(hasEntered);
}

TEST(RequestGate, whoWaitsGivesUpAtItsDeadlineOrWhenItCloses) {
  RequestGate gate(1, 100);
  ASSERT_TRUE(gate.tryEnter(1));
  EXPECT_FALSE(gate.enterBy(in(std::chrono::milliseconds(1)), 1));
  bool hasEntered = true;
  std::thread waiting([&] { hasEntered = gate.enterBy(in(hour), 1); });
  gate.close();
  waiting.join();
  EXPECT_FALSE(hasEntered);
  gate.leave(1);
  EXPECT_FALSE(gate.tryEnter(1));
  EXPECT_TRUE(gate.isClosed());
}

}  // namespace
}  // namespace henge::library
