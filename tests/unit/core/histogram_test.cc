#include "core/histogram.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <vector>

namespace henge {
namespace {

TEST(Histogram, EmptyItAnswersNothing) {
  const Histogram histogram;
  EXPECT_EQ(histogram.count(), 0u);
  EXPECT_EQ(histogram.quantile(500), 0u);
  EXPECT_EQ(histogram.greatest(), 0u);
}

TEST(Histogram, SmallValuesAreExact) {
  Histogram histogram;
  for (std::uint64_t value = 1; value <= 16; ++value) histogram.add(value);
  EXPECT_EQ(histogram.quantile(500), 8u);
  EXPECT_EQ(histogram.quantile(1000), 16u);
  EXPECT_EQ(histogram.quantile(0), 1u);
}

TEST(Histogram, TheGreatestIsExactHoweverLarge) {
  Histogram histogram;
  histogram.add(~0ULL);
  histogram.add(3);
  EXPECT_EQ(histogram.greatest(), ~0ULL);
  EXPECT_EQ(histogram.quantile(1000), (1ULL << 40) - 1) << "the last step ends there";
  EXPECT_EQ(histogram.quantile(500), 3u);
}

// The stupid twin: all values, sorted.
RC_GTEST_PROP(Histogram, QuantilesAreAtMostOneStepTooHigh, ()) {
  const auto stepBits = *rc::gen::inRange(1U, 9U);
  const auto bits = *rc::gen::inRange(1, 39);
  auto values = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::uint64_t>>(
      rc::gen::inRange<std::uint64_t>(0, 1ULL << bits)));
  const auto perMille = *rc::gen::inRange<std::uint64_t>(0, 1001);
  Histogram histogram(stepBits);
  for (const std::uint64_t value : values) histogram.add(value);
  std::sort(values.begin(), values.end());
  const std::size_t wanted = std::max<std::size_t>(1, (values.size() * perMille + 999) / 1000);
  const std::uint64_t exact = values[wanted - 1];
  const std::uint64_t said = histogram.quantile(perMille);
  RC_ASSERT(said >= exact);
  RC_ASSERT(said <= exact + (exact >> stepBits));
  RC_ASSERT(said <= values.back());
}

}  // namespace
}  // namespace henge
