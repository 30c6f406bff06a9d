#include "wire/backoff.h"

#include <gtest/gtest.h>

#include "tests/unit/wire/fakes.h"

namespace henge::wire {
namespace {

TEST(Backoff, doublesUpToItsMostAndKeepsAtLeastHalf) {
  CountingRandom random;
  Backoff backoff(50_ms, 2_s);
  for (const Duration whole : {50_ms, 100_ms, 200_ms, 400_ms, 800_ms, 1600_ms, 2_s, 2_s, 2_s}) {
    const Duration delay = backoff.afterFailure(random);
    EXPECT_LE(delay, whole);
    EXPECT_GE(delay.micros, whole.micros / 2);
  }
  backoff.reset();
  EXPECT_LE(backoff.afterFailure(random), 50_ms);
}

TEST(Backoff, isNotTheSameTwice) {
  CountingRandom random;
  std::set<std::int64_t> seen;
  for (int i = 0; i < 100; ++i) seen.insert(Backoff::jittered(1_s, random).micros);
  EXPECT_GT(seen.size(), 90U);
}

}  // namespace
}  // namespace henge::wire
