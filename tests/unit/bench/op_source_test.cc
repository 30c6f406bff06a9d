#include "client/bench/op_source.h"

#include <cmath>
#include <gtest/gtest.h>
#include <set>
#include <vector>

#include "server/runtime/seeded_random.h"

namespace henge::bench {
namespace {

TEST(Zipf, ranksComeAsOftenAsTheLawSays) {
  constexpr std::uint64_t ranks = 50;
  constexpr int draws = 400'000;
  for (const double theta : {0.3, 0.8, 0.99}) {
    const Zipf zipf(ranks, theta);
    runtime::SeededRandom random(7);
    std::vector<int> counts(ranks);
    for (int i = 0; i < draws; ++i) ++counts.at(zipf.draw(random));
    double zeta = 0;  // the stupid twin: the law itself
    for (std::uint64_t rank = 1; rank <= ranks; ++rank) {
      zeta += std::pow(static_cast<double>(rank), -theta);
    }
    double sum = 0, expected = 0;  // ranks 0 to r together: the method is exact for the first two
    for (std::uint64_t rank = 0; rank < ranks; ++rank) {
      sum += counts[rank];
      expected += std::pow(static_cast<double>(rank + 1), -theta) / zeta;
      const double tolerance = rank < 2 ? 0.005 : 0.02;
      ASSERT_NEAR(sum / draws, expected, tolerance) << "theta " << theta << " rank " << rank;
    }
  }
}

TEST(Zipf, fewRanksToo) {
  runtime::SeededRandom random(7);
  for (const std::uint64_t ranks : {1, 2, 3}) {
    const Zipf zipf(ranks, 0.99);
    std::set<std::uint64_t> seen;
    for (int i = 0; i < 1000; ++i) seen.insert(zipf.draw(random));
    EXPECT_EQ(seen.size(), ranks);
    EXPECT_EQ(*seen.rbegin(), ranks - 1);
  }
}

TEST(OpSource, kindsComeByTheirShares) {
  Workload workload;
  workload.shares = {70, 20, 0, 10};
  OpSource source(workload, 100);
  runtime::SeededRandom random(1);
  std::array<int, opKinds> counts{};
  for (int i = 0; i < 100'000; ++i) {
    const Operation operation = source.next(random);
    ++counts[static_cast<std::size_t>(operation.kind)];
    ASSERT_LT(operation.key, 100u);
  }
  EXPECT_NEAR(counts[0], 70'000, 1000);
  EXPECT_NEAR(counts[1], 20'000, 1000);
  EXPECT_EQ(counts[2], 0);
  EXPECT_NEAR(counts[3], 10'000, 1000);
}

TEST(OpSource, oneSeedIsOneLoad) {
  const auto drawn = [](std::uint64_t seed) {
    OpSource source(*presetOf("ycsb-d"), 1000);
    runtime::SeededRandom random(seed);
    std::vector<std::uint64_t> keys;
    keys.reserve(100);
    for (int i = 0; i < 100; ++i) keys.push_back(source.next(random).key);
    return keys;
  };
  EXPECT_EQ(drawn(5), drawn(5));
  EXPECT_NE(drawn(5), drawn(6));
}

TEST(OpSource, insertsGoOnFromTheLastAndLatestPrefersThem) {
  Workload workload;
  workload.shares = {50, 0, 50, 0};
  workload.order = KeyOrder::latest;
  OpSource source(workload, 1000);
  runtime::SeededRandom random(3);
  std::uint64_t next = 1000;
  int recent = 0, reads = 0;
  for (int i = 0; i < 10'000; ++i) {
    const Operation operation = source.next(random);
    if (operation.kind == OpKind::insert) {
      ASSERT_EQ(operation.key, next++);
      continue;
    }
    ASSERT_LT(operation.key, next);
    ++reads;
    recent += operation.key + 10 >= next ? 1 : 0;
  }
  EXPECT_EQ(source.keys(), next);
  EXPECT_GT(recent, reads / 3) << "a third of a skewed draw is among the first ten";
}

TEST(OpSource, sequentialTakesTurns) {
  Workload workload;
  workload.shares = {1, 0, 0, 0};
  workload.order = KeyOrder::sequential;
  OpSource source(workload, 3);
  runtime::SeededRandom random(3);
  for (const std::uint64_t key : {0, 1, 2, 0, 1}) EXPECT_EQ(source.next(random).key, key);
}

TEST(KeyBytes, differAndSpreadOverTheRing) {
  std::set<Bytes> seen;
  std::array<int, 4> quarters{};
  for (std::uint64_t number = 0; number < 40'000; ++number) {
    const Bytes key = keyBytes(number);
    ASSERT_EQ(key.size(), 8u);
    ASSERT_TRUE(seen.insert(key).second);
    ++quarters[static_cast<unsigned char>(key[0]) / 64];
  }
  for (const int quarter : quarters) EXPECT_NEAR(quarter, 10'000, 500);
}

}  // namespace
}  // namespace henge::bench
