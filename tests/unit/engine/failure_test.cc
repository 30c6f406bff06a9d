#include "server/engine/failure.h"

#include <gtest/gtest.h>
#include <thread>
#include <utility>
#include <vector>

#include "tests/unit/engine/store_bench.h"

namespace henge::engine {
namespace {

TEST(Failure, theFirstOfManyIsToldOnce) {
  Inbox inbox;
  std::vector<Error> told;
  auto failure =
      std::make_shared<Failure>(inbox.post(), [&](const Error& error) { told.push_back(error); });
  EXPECT_FALSE(failure->raised());
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&failure, i] {
      failure->raise({ErrorKind::io, "thread " + std::to_string(i)});
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_TRUE(failure->raised());
  EXPECT_TRUE(told.empty());
  inbox.pump();
  EXPECT_FALSE(inbox.pumpIfAny());
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told[0], failure->error());
}

TEST(Failure, nobodyIsToldAfterTheClose) {
  Inbox inbox;
  auto failure = std::make_shared<Failure>(
      inbox.post(), [](const Error& error) { ADD_FAILURE() << error.message; });
  failure->raise({ErrorKind::corrupt, "damage"});
  failure->close();
  failure.reset();
  EXPECT_TRUE(inbox.pumpIfAny());
}

}  // namespace
}  // namespace henge::engine
