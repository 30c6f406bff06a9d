#include "wire/output_queue.h"

#include <array>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <vector>

namespace henge::wire {
namespace {

TEST(OutputQueue, laysSmallFramesTogetherAndMovesLargeOnes) {
  OutputQueue queue;
  for (int i = 0; i < 100; ++i) queue.append("frame");
  queue.append(Bytes(OutputQueue::chunkBytes, 'x'));
  queue.append("after");
  std::array<BytesView, 8> chunks;
  ASSERT_EQ(queue.gather(chunks), 3U);
  EXPECT_EQ(chunks[0].size(), 500U);
  EXPECT_EQ(chunks[1].size(), OutputQueue::chunkBytes);
  EXPECT_EQ(chunks[2], "after");
}

TEST(OutputQueue, knowsPlacesInTheStream) {
  OutputQueue queue;
  queue.append("0123456789");
  queue.taken(4);
  EXPECT_EQ(queue.bytes(), 6U);
  EXPECT_EQ(queue.takenEver(), 4U);
  EXPECT_EQ(queue.appendedEver(), 10U);
  queue.taken(6);
  EXPECT_TRUE(queue.empty());
  queue.append("ab");
  EXPECT_EQ(queue.appendedEver(), 12U);
}

RC_GTEST_PROP(OutputQueue, givesOutWhatItWasGivenInOrder, ()) {
  OutputQueue queue;
  Bytes in;
  Bytes out;
  const auto steps = *rc::gen::container<std::vector<int>>(rc::gen::inRange(-9'000, 9'000));
  for (const int step : steps) {
    if (step >= 0) {
      Bytes bytes(static_cast<std::size_t>(step), static_cast<char>('a' + in.size() % 26));
      in += bytes;
      queue.append(std::move(bytes));
      continue;
    }
    std::array<BytesView, 3> chunks;
    const std::size_t count = queue.gather(chunks);
    std::size_t left = static_cast<std::size_t>(-step);
    std::size_t taken = 0;
    for (std::size_t i = 0; i < count && left > 0; ++i) {
      const BytesView part = chunks[i].substr(0, left);
      out += part;
      taken += part.size();
      left -= part.size();
    }
    queue.taken(taken);
    RC_ASSERT(queue.bytes() == in.size() - out.size());
  }
  RC_ASSERT(in.substr(0, out.size()) == out);
}

}  // namespace
}  // namespace henge::wire
