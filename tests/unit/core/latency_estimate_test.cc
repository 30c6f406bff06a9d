#include "core/latency_estimate.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <vector>

namespace henge {
namespace {

constexpr MonoTime noon{3'600'000'000};

TEST(LatencyEstimate, knowsNothingAtFirst) {
  const LatencyEstimate none;
  EXPECT_EQ(none.weighted(), Duration{});
  EXPECT_EQ(none.quantile(950), Duration{});
}

TEST(LatencyEstimate, theFirstAnswerIsAllThatIsKnown) {
  LatencyEstimate estimate;
  estimate.add(300_us, noon);
  EXPECT_EQ(estimate.weighted(), 300_us);
  EXPECT_EQ(estimate.answers(), 1U);
}

TEST(LatencyEstimate, halfIsForgottenInASecond) {
  LatencyEstimate estimate;
  estimate.add(100_ms, noon);
  estimate.add(Duration{}, noon + 1_s);
  EXPECT_EQ(estimate.weighted(), 50_ms);
  estimate.add(Duration{}, noon + 11_s);
  EXPECT_EQ(estimate.weighted(), Duration{});
}

TEST(LatencyEstimate, anEarlierTimeIsNoTime) {
  LatencyEstimate estimate;
  estimate.add(100_ms, noon);
  estimate.add(Duration{}, MonoTime{1});
  EXPECT_EQ(estimate.weighted(), Duration{93'800});
}

TEST(LatencyEstimate, aFewLateAnswersAreSeenAmongMany) {
  LatencyEstimate estimate;
  for (int i = 0; i < 1000; ++i) estimate.add(200_us, noon);
  EXPECT_EQ(estimate.weighted(), 200_us);
  for (int i = 0; i < 10; ++i) estimate.add(100_ms, noon);
  EXPECT_GT(estimate.weighted(), 40_ms);
}

TEST(LatencyEstimate, isSmall) { EXPECT_LE(sizeof(LatencyEstimate), 112U); }

TEST(LatencyEstimate, theQuantileFollowsTheLastAnswers) {
  LatencyEstimate estimate;
  for (int i = 0; i < 1000; ++i) estimate.add(1_ms, noon);
  for (int i = 0; i < 500; ++i) estimate.add(20_ms, noon);
  EXPECT_GE(estimate.quantile(500), 20_ms);
}

// Against sorting, while nothing is forgotten yet.
RC_GTEST_PROP(LatencyEstimate, aQuantileIsAtMostAQuarterTooHigh, ()) {
  const auto count = *rc::gen::inRange<std::size_t>(1, 200);
  std::vector<std::int64_t> all;
  LatencyEstimate estimate;
  for (std::size_t i = 0; i < count; ++i) {
    const auto micros = *rc::gen::inRange<std::int64_t>(8, 4'000'000);
    all.push_back(micros);
    estimate.add({micros}, noon);
  }
  std::ranges::sort(all);
  for (const int perMille : {1, 500, 950, 1000}) {
    const std::size_t wanted =
        std::max<std::size_t>(1, (count * static_cast<std::size_t>(perMille) + 999) / 1000);
    const std::int64_t exact = all[wanted - 1], found = estimate.quantile(perMille).micros;
    RC_ASSERT(found >= exact);
    RC_ASSERT(found <= exact + exact / 4 + 1);
  }
}

}  // namespace
}  // namespace henge
