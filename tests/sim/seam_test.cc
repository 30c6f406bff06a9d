// The shipped coordinator, replica, committer and feeder meet a power cut, on virtual time.
#include <gtest/gtest.h>

#include "tests/sim/seam_world.h"

namespace henge::sim {
namespace {

constexpr int keys = 20;

Bytes keyOf(int n) { return Bytes(1, static_cast<char>(n * 13)) + "-" + std::to_string(n); }

void putSome(World& world, int count, int round) {
  for (int n = 0; n < count; ++n) {
    world.put(static_cast<std::uint32_t>(n % 3), keyOf(n % keys),
              Bytes(static_cast<std::size_t>(40 + n), 'a') + std::to_string(round * 1000 + n));
  }
}

// Every key is read at QUORUM by every node in turn: nothing acknowledged is lost or older.
void expectAllReadBack(World& world) {
  for (std::uint32_t coordinator = 0; coordinator < 3; ++coordinator) {
    world.read.clear();
    for (const auto& [key, newest] : world.acknowledged) world.get(coordinator, key);
    ASSERT_TRUE(world.runUntil([&] { return world.waiting() == 0; }));
    for (const auto& [key, newest] : world.acknowledged) {
      const GetAnswer& answer = world.read.at(key);
      ASSERT_FALSE(answer.error) << answer.error->message;
      ASSERT_TRUE(answer.record) << toHex(key) << " is absent";
      ASSERT_GE(answer.record->version, newest.version) << toHex(key) << " went back";
      if (answer.record->version == newest.version) {
        ASSERT_EQ(answer.record->value, newest.value);
      }
    }
  }
}

// Puts until the log has rolled and fed several times, then `steps` events of one more burst, then
// the power goes. Returns the trace.
std::uint64_t cutAfter(std::uint64_t seed, std::uint64_t steps, std::size_t& acknowledged) {
  World world(seed);
  for (int round = 0; round < 3; ++round) {
    putSome(world, 60, round);
    EXPECT_TRUE(world.runUntil([&] { return world.waiting() == 0; }));
  }
  putSome(world, 60, 3);
  for (std::uint64_t n = 0; n < steps; ++n) world.loop.step();
  world.powerCut();
  world.restart();
  expectAllReadBack(world);
  putSome(world, 20, 4);  // and it goes on
  EXPECT_TRUE(world.runUntil([&] { return world.waiting() == 0; }));
  expectAllReadBack(world);
  acknowledged = world.acknowledged.size();
  return world.traceHash();
}

TEST(Seam, WithoutFaultsEveryPutIsReadBackByEveryNode) {
  World world(1);
  putSome(world, 100, 0);
  ASSERT_TRUE(world.runUntil([&] { return world.waiting() == 0; }));
  EXPECT_EQ(world.acknowledged.size(), static_cast<std::size_t>(keys));
  expectAllReadBack(world);
}

// A burst of 60 puts on three nodes is some thousand events: sends, appends, writes, syncs, rolls,
// feeds. The cut comes after each 7th of them.
TEST(Seam, APowerCutAmidPutsAndFeedsLosesNothingAcknowledged) {
  for (std::uint64_t steps = 0; steps < 1400; steps += 7) {
    SCOPED_TRACE("cut after " + std::to_string(steps) + " events");
    std::size_t acknowledged = 0;
    cutAfter(steps, steps, acknowledged);
    ASSERT_EQ(acknowledged, static_cast<std::size_t>(keys));
    if (HasFatalFailure()) return;
  }
}

TEST(Seam, OneSeedIsOneTrace) {
  std::size_t acknowledged = 0;
  const std::uint64_t first = cutAfter(42, 333, acknowledged);
  EXPECT_EQ(first, cutAfter(42, 333, acknowledged));
  EXPECT_NE(first, cutAfter(43, 333, acknowledged));
}

}  // namespace
}  // namespace henge::sim
