#include "wire/reply_order.h"

#include <algorithm>
#include <array>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <vector>

namespace henge::wire {
namespace {

Bytes all(const OutputQueue& queue) {
  std::array<BytesView, 64> chunks;
  Bytes out;
  const std::size_t count = queue.gather(chunks);
  for (std::size_t i = 0; i < count; ++i) out += chunks[i];
  return out;
}

TEST(ReplyOrder, holdsAnAnswerUntilEarlierOnesHaveLeft) {
  ReplyOrder order;
  OutputQueue out;
  ASSERT_EQ(order.begin(), 1U);
  ASSERT_EQ(order.begin(), 2U);
  order.finish(2, "two", out);
  EXPECT_TRUE(out.empty());
  EXPECT_EQ(order.heldBytes(), 3U);
  order.finish(1, "one", out);
  EXPECT_EQ(all(out), "onetwo");
  EXPECT_EQ(order.inFlight(), 0U);
  EXPECT_EQ(order.heldBytes(), 0U);
}

TEST(ReplyOrder, releasesWhatWaitsWhenOvertakingIsAllowed) {
  ReplyOrder order;
  OutputQueue out;
  for (int i = 0; i < 3; ++i) order.begin();
  order.finish(3, "three", out);
  order.letOvertake(out);
  EXPECT_EQ(all(out), "three");
  order.begin();
  order.finish(4, "four", out);
  order.finish(1, "one", out);
  order.finish(2, "two", out);
  EXPECT_EQ(all(out), "threefouronetwo");
  EXPECT_EQ(order.inFlight(), 0U);
}

TEST(ReplyOrder, whatIsUrgentLeavesFirstOnlyWhereAnswersMayOvertake) {
  ReplyOrder ordered, overtaking;
  OutputQueue first, second;
  overtaking.letOvertake(second);
  for (ReplyOrder* order : {&ordered, &overtaking}) {
    OutputQueue& out = order == &ordered ? first : second;
    order->begin();
    order->begin();
    order->finish(1, "one", out);
    order->finish(2, "two", out, ReplyOrder::Urgency::first);
  }
  EXPECT_EQ(all(first), "onetwo");
  EXPECT_EQ(all(second), "twoone");
}

RC_GTEST_PROP(ReplyOrder, keepsOrderWhateverIsAnsweredFirst, ()) {
  const int requests = *rc::gen::inRange(1, 20);
  std::vector<std::uint64_t> numbers;
  ReplyOrder order;
  for (int i = 0; i < requests; ++i) numbers.push_back(order.begin());
  Bytes wanted;
  for (const std::uint64_t number : numbers) wanted += std::to_string(number) + ",";
  OutputQueue out;
  for (int left = requests; left > 0; --left) {
    const auto at = *rc::gen::inRange(0, left);
    order.finish(numbers[static_cast<std::size_t>(at)],
                 std::to_string(numbers[static_cast<std::size_t>(at)]) + ",", out);
    numbers.erase(numbers.begin() + at);
    RC_ASSERT(wanted.starts_with(all(out)));
  }
  RC_ASSERT(all(out) == wanted);
}

}  // namespace
}  // namespace henge::wire
