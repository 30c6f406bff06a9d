#include "tests/sim/world/event_heap.h"

#include <gtest/gtest.h>
#include <vector>

namespace henge::sim {
namespace {

struct Noting final : ports::TimerSink {
  void onTimer(std::uint64_t token) override { tokens.push_back(token); }
  std::vector<std::uint64_t> tokens;
};
using Tokens = std::vector<std::uint64_t>;

void runTo(EventHeap& heap, MonoTime end) {
  while (heap.step(end)) {
  }
}

TEST(EventHeap, ByTimeThenByAskingThenTheRoundsEnd) {
  EventHeap heap;
  Noting sink;
  const MonoTime now = heap.now();
  heap.atRoundEnd(sink, 9);
  heap.wakeAt(now + 2_ms, sink, 3);
  heap.wakeAt(now, sink, 1);
  heap.wakeAt(MonoTime{0}, sink, 2);  // long due: now
  heap.wakeAt(now + 2_ms, sink, 4);
  runTo(heap, now + 1_s);
  EXPECT_EQ(sink.tokens, (Tokens{1, 2, 9, 3, 4}));
  EXPECT_EQ(heap.now(), now + 1_s);
}

TEST(EventHeap, APausedLifeGetsWhatFellDueInOrderWhenItGoesOn) {
  EventHeap heap;
  Noting sink;
  Life life(heap, 7);
  const MonoTime now = heap.now();
  life.wakeAt(now + 1_ms, sink, 1);
  life.wakeAt(now + 2_ms, sink, 2);
  life.wakeAt(now + 9_ms, sink, 3);
  life.pause();
  runTo(heap, now + 5_ms);
  EXPECT_EQ(sink.tokens, Tokens{});
  life.goOn();
  runTo(heap, now + 6_ms);
  EXPECT_EQ(sink.tokens, (Tokens{1, 2}));
  EXPECT_EQ(heap.lastOwner(), 7u);
  runTo(heap, now + 10_ms);
  EXPECT_EQ(sink.tokens, (Tokens{1, 2, 3}));
}

TEST(EventHeap, ADeadLifeGetsNothingAndIsForgottenInTheEnd) {
  EventHeap heap;
  Noting sink;
  Life life(heap, 0);
  life.wakeAt(heap.now() + 1_ms, sink, 1);
  life.die();
  life.wakeAt(heap.now() + 1_ms, sink, 2);
  EXPECT_FALSE(EventHeap::forgotten(life));
  runTo(heap, heap.now() + 1_s);
  EXPECT_EQ(sink.tokens, Tokens{});
  EXPECT_TRUE(EventHeap::forgotten(life));
}

}  // namespace
}  // namespace henge::sim
