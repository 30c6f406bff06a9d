// A peer that takes what it is sent more slowly than it is asked.
#include <algorithm>
#include <gtest/gtest.h>

#include "tests/unit/wire/linked_in_memory.h"

namespace henge::wire {
namespace {

// One request of the largest value is always taken.
const std::size_t bytesMax = Limits().frameBytesMax();

PeerLinksOptions narrow() {
  PeerLinksOptions options;
  options.bytesInFlightMax = bytesMax;
  return options;
}

ApplyRequest applyOf(MonoTime deadline) {
  ApplyRequest request;
  request.record = recordOf("k", Bytes(bytesMax / 10, 'v'));
  request.deadline = deadline;
  request.epoch = 1;
  return request;
}

std::size_t refused(const SeenReplies& seen) {
  return static_cast<std::size_t>(
      std::ranges::count_if(seen.applied, [](const SeenReplies::Applied& one) {
        return one.reply.outcome == ApplyOutcome::refused &&
               one.reply.refusal == Refusal::overloaded;
      }));
}

// Each is given up after 10 ms, and nothing of it leaves: what waits must not grow with them.
TEST(SlowPeer, whatItDoesNotTakeIsBoundedAlsoWhenItsDeadlinePasses) {
  LinkedInMemory at(3, narrow());
  const auto peer = at.comeUp();
  peer->sent.clear();
  peer->roomToSend = 0;
  SeenReplies seen;
  constexpr std::size_t asked = 100;
  for (std::uint64_t op = 1; op <= asked; ++op) {
    at.links->apply({2}, {op}, seen, applyOf(at.loop.now() + 10_ms));
    at.loop.runFor(5_ms);
  }
  at.loop.runFor(10_ms);
  ASSERT_TRUE(at.links->isUp({2}));
  EXPECT_EQ(seen.applied.size(), asked);
  EXPECT_EQ(at.links->inFlight({2}), 0U);
  EXPECT_GT(refused(seen), asked / 2);
  peer->roomToSend = std::size_t{1} << 30;
  peer->tellWritable();
  EXPECT_LE(peer->sent.size(), bytesMax);
  // It has taken them: it is asked again.
  seen.applied.clear();
  at.links->apply({2}, {asked + 1}, seen, applyOf(at.loop.now() + 10_ms));
  at.loop.runFor({0});
  EXPECT_EQ(at.links->inFlight({2}), 1U);
}

}  // namespace
}  // namespace henge::wire
