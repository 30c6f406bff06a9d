#include "server/runtime/seeded_random.h"

#include <array>
#include <gtest/gtest.h>
#include <set>

namespace henge::runtime {
namespace {

TEST(SeededRandom, givesTheSequenceOfItsSeed) {
  SeededRandom random(42);
  EXPECT_EQ(random.next(), 0x15780b2e0c2ec716U);
  EXPECT_EQ(random.next(), 0x6104d9866d113a7eU);
  EXPECT_EQ(random.next(), 0xae17533239e499a1U);
}

TEST(SeededRandom, neighbouringSeedsHaveNothingInCommon) {
  std::set<std::uint64_t> numbers;
  for (std::uint64_t seed = 0; seed < 100; ++seed) {
    SeededRandom random(seed);
    for (int i = 0; i < 10; ++i) numbers.insert(random.next());
  }
  EXPECT_EQ(numbers.size(), 1000U);
}

TEST(SeededRandom, belowReachesEveryNumberAboutEquallyOften) {
  SeededRandom random(7);
  std::array<int, 10> times{};
  for (int i = 0; i < 10'000; ++i) ++times.at(random.below(10));
  for (const int count : times) {
    EXPECT_GT(count, 880);
    EXPECT_LT(count, 1120);
  }
}

TEST(SeededRandom, theSystemsSeedsDiffer) { EXPECT_NE(systemSeed(), systemSeed()); }

}  // namespace
}  // namespace henge::runtime
