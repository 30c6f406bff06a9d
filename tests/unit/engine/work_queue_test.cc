#include "server/engine/work_queue.h"

#include <algorithm>
#include <atomic>
#include <future>
#include <gtest/gtest.h>
#include <memory>
#include <optional>
#include <thread>
#include <vector>

namespace henge::engine {
namespace {

TEST(WorkQueue, oneThreadKeepsTheOrder) {
  WorkQueue queue(1);
  std::vector<int> done;
  std::promise<void> last;
  for (int i = 0; i < 1000; ++i) queue.add([&, i] { done.push_back(i); });
  queue.add([&] { last.set_value(); });
  last.get_future().wait();
  ASSERT_EQ(done.size(), 1000U);
  EXPECT_TRUE(std::is_sorted(done.begin(), done.end()));
}

TEST(WorkQueue, twoThreadsWorkAtOnce) {
  WorkQueue queue(2);
  std::promise<void> first;
  std::promise<void> second;
  std::promise<void> both;
  queue.add([&] {
    first.set_value();
    second.get_future().wait();  // were there one thread only, this would never end
    both.set_value();
  });
  first.get_future().wait();
  queue.add([&] { second.set_value(); });
  both.get_future().wait();
  EXPECT_EQ(queue.queued(), 0U);
}

TEST(WorkQueue, destructionEndsTheRunningAndDropsTheQueued) {
  std::atomic<int> done = 0;
  std::promise<void> running;
  std::promise<void> goOn;
  auto held = std::make_shared<int>(1);
  std::optional<WorkQueue> queue(std::in_place, 1);
  queue->add([&] {
    running.set_value();
    goOn.get_future().wait();
    ++done;
  });
  running.get_future().wait();
  queue->add([&, held] { done += 100; });
  EXPECT_EQ(queue->queued(), 1U);
  std::thread destroyer([&] { queue.reset(); });
  goOn.set_value();
  destroyer.join();
  // The queued one may have begun before the destructor was seen; if not, it was dropped.
  EXPECT_TRUE(done == 1 || done == 101);
  EXPECT_EQ(held.use_count(), 1);
}

}  // namespace
}  // namespace henge::engine
