#include "server/engine/outbox.h"

#include <gtest/gtest.h>
#include <thread>
#include <utility>
#include <vector>

namespace henge::engine {
namespace {

class Sink final : public ports::StoreSink {
 public:
  void onStore(OpId op, ports::StoreResult) override { ops.push_back(op.value); }
  std::vector<std::uint64_t> ops;
};

class OutboxTest : public testing::Test {
 protected:
  // The loop: what was posted, run when the test says so.
  std::vector<std::function<void()>> posted_;
  Post post_ = [this](std::function<void()> work) { posted_.push_back(std::move(work)); };
  std::shared_ptr<Outbox> outbox_ = std::make_shared<Outbox>(post_);
  Sink sink_;

  void runPosted() {
    for (auto& work : std::exchange(posted_, {})) work();
  }
};

TEST_F(OutboxTest, endsThatComeTogetherArePostedOnce) {
  for (std::uint64_t op = 1; op <= 3; ++op) outbox_->add(OpId{op}, sink_, {});
  EXPECT_EQ(posted_.size(), 1U);
  EXPECT_TRUE(sink_.ops.empty());
  runPosted();
  EXPECT_EQ(sink_.ops, (std::vector<std::uint64_t>{1, 2, 3}));
  outbox_->add(OpId{4}, sink_, {});
  EXPECT_EQ(posted_.size(), 1U);
  runPosted();
  EXPECT_EQ(sink_.ops.back(), 4U);
}

TEST_F(OutboxTest, nobodyIsToldAfterTheClose) {
  outbox_->add(OpId{1}, sink_, {});
  outbox_->close();
  outbox_->add(OpId{2}, sink_, {});
  outbox_.reset();  // a delivery on its way outlives its owner
  runPosted();
  EXPECT_TRUE(sink_.ops.empty());
}

}  // namespace
}  // namespace henge::engine
