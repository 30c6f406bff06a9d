#include "server/engine/failure.h"

#include <gtest/gtest.h>
#include <thread>
#include <utility>
#include <vector>

#include "tests/unit/engine/store_bench.h"

namespace henge::engine {
namespace {

const Error noSpace{ErrorKind::diskFull, "no space"};
const Error damage{ErrorKind::corrupt, "damage"};

class FailureTest : public testing::Test {
 protected:
  void pumpAll() {
    while (inbox_.pumpIfAny()) {
    }
  }

  Inbox inbox_;
  WatchLog log_;
  std::shared_ptr<Failure> failure_ = std::make_shared<Failure>(inbox_.post());
};

TEST_F(FailureTest, theFirstOfManyIsToldOnce) {
  failure_->watch(&log_);
  EXPECT_FALSE(failure_->raised());
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([this, i] {
      failure_->raise({ErrorKind::io, "thread " + std::to_string(i)});
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_TRUE(failure_->raised());
  EXPECT_TRUE(log_.told.empty()) << "not inside the call";
  pumpAll();
  ASSERT_EQ(log_.told.size(), 1U);
  EXPECT_EQ(log_.told[0], failure_->error());
}

TEST_F(FailureTest, whoWatchesLaterIsToldOfWhatWasBefore) {
  failure_->raise(damage);
  pumpAll();
  failure_->watch(&log_);
  pumpAll();
  EXPECT_EQ(log_.told, std::vector<Error>{damage});
}

TEST_F(FailureTest, damageTakesThePlaceOfAFullDiskAndNotTheOtherWayRound) {
  failure_->watch(&log_);
  failure_->raise(noSpace);
  EXPECT_TRUE(failure_->isFull());
  pumpAll();
  failure_->raise(damage);
  EXPECT_FALSE(failure_->isFull());
  failure_->raise(noSpace);
  pumpAll();
  EXPECT_EQ(log_.told, (std::vector<Error>{noSpace, damage}));
  EXPECT_EQ(failure_->error(), damage);
}

TEST_F(FailureTest, openedAnewItMayFailAgain) {
  failure_->watch(&log_);
  failure_->raise(noSpace);
  pumpAll();
  failure_->clear();
  EXPECT_FALSE(failure_->raised() || failure_->isFull() || failure_->error());
  failure_->raise(noSpace);
  pumpAll();
  EXPECT_EQ(log_.told.size(), 2U);
}

TEST_F(FailureTest, nobodyIsToldAfterTheEnd) {
  failure_->watch(&log_);
  failure_->raise(damage);
  failure_->watch(nullptr);
  failure_.reset();
  pumpAll();
  EXPECT_TRUE(log_.told.empty());
}

}  // namespace
}  // namespace henge::engine
