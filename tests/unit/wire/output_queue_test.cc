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

TEST(OutputQueue, whatIsUrgentLeavesBehindTheOneThatHasBegun) {
  OutputQueue queue;
  queue.append(Bytes(20'000, 'a'));
  queue.append(Bytes(20'000, 'b'));
  queue.taken(5);
  queue.appendFirst("ping1");
  queue.append("c");
  queue.appendFirst("ping2");
  EXPECT_EQ(queue.bytes(), 19'995U + 20'000U + 11U);
  Bytes out;
  while (!queue.empty()) {
    std::array<BytesView, 2> chunks;
    ASSERT_GE(queue.gather(chunks), 1U);
    const BytesView some = chunks[0].substr(0, 7'000);
    out += some;
    queue.taken(some.size());
  }
  EXPECT_EQ(out, Bytes(19'995, 'a') + "ping1ping2" + Bytes(20'000, 'b') + "c");
  EXPECT_EQ(queue.takenEver(), 40'011U);
}

// Frames "<number:size>" of any size: each leaves whole, and no urgent one waits for more than the
// one that had begun when it came.
RC_GTEST_PROP(OutputQueue, framesLeaveWholeWhateverOvertakes, ()) {
  OutputQueue queue;
  Bytes out;
  std::vector<Bytes> frames;
  for (const int step : *rc::gen::container<std::vector<int>>(rc::gen::inRange(-30'000, 20'000))) {
    if (step >= 0) {
      Bytes frame = "<" + std::to_string(frames.size()) + ":" +
                    Bytes(static_cast<std::size_t>(step), '.') + ">";
      frames.push_back(frame);
      step % 3 == 0 ? queue.appendFirst(frame) : queue.append(frame);
      continue;
    }
    std::size_t left = std::min(static_cast<std::size_t>(-step), queue.bytes());
    while (left > 0) {
      std::array<BytesView, 3> chunks;
      const std::size_t count = queue.gather(chunks);
      std::size_t taken = 0;
      for (std::size_t i = 0; i < count && left > 0; ++i) {
        const BytesView part = chunks[i].substr(0, left);
        out += part;
        taken += part.size();
        left -= part.size();
      }
      queue.taken(taken);
    }
  }
  while (!queue.empty()) {
    std::array<BytesView, 1> chunk;
    queue.gather(chunk);
    out += chunk[0];
    queue.taken(chunk[0].size());
  }
  std::size_t bytes = 0;
  for (const Bytes& frame : frames) {
    RC_ASSERT(out.find(frame) != Bytes::npos);
    bytes += frame.size();
  }
  RC_ASSERT(out.size() == bytes);
}

}  // namespace
}  // namespace henge::wire
