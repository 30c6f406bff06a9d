#include "wire/fifo.h"

#include <deque>
#include <gtest/gtest.h>
#include <memory>
#include <rapidcheck/gtest.h>
#include <string>

namespace henge::wire {
namespace {

RC_GTEST_PROP(Fifo, isADeque, (const std::vector<bool>& pushes)) {
  Fifo<std::string> fifo;
  std::deque<std::string> twin;
  for (std::size_t i = 0; i < pushes.size(); ++i) {
    if (pushes[i] || twin.empty()) {
      fifo.push(std::to_string(i));
      twin.push_back(std::to_string(i));
    } else {
      fifo.pop();
      twin.pop_front();
    }
    RC_ASSERT(fifo.size() == twin.size());
    RC_ASSERT(fifo.empty() == twin.empty());
    for (std::size_t k = 0; k < twin.size(); ++k) RC_ASSERT(fifo[k] == twin[k]);
    if (twin.empty()) continue;
    RC_ASSERT(fifo.front() == twin.front());
    RC_ASSERT(fifo.back() == twin.back());
  }
}

TEST(Fifo, letsGoOfWhatIsPopped) {
  Fifo<std::shared_ptr<int>> fifo;
  const auto item = std::make_shared<int>(1);
  for (int i = 0; i < 10; ++i) fifo.push(item);
  fifo.pop();
  EXPECT_EQ(item.use_count(), 10);
  fifo.clear();
  EXPECT_EQ(item.use_count(), 1);
  EXPECT_TRUE(fifo.empty());
}

TEST(Fifo, takesOneInBetween) {
  Fifo<int> fifo;
  for (int i = 0; i < 6; ++i) fifo.push(i);
  fifo.pop();
  fifo.insert(0, 10);
  fifo.insert(2, 11);
  fifo.insert(fifo.size(), 12);
  std::vector<int> all;
  for (; !fifo.empty(); fifo.pop()) all.push_back(fifo.front());
  EXPECT_EQ(all, (std::vector<int>{10, 1, 11, 2, 3, 4, 5, 12}));
}

}  // namespace
}  // namespace henge::wire
