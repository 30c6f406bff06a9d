#include "core/recent_quantile.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <vector>

namespace henge {
namespace {

TEST(RecentQuantile, OfNothingIsNothing) {
  EXPECT_EQ(RecentQuantile().quantile(950), Duration{});
  EXPECT_EQ(RecentQuantile().count(), 0u);
}

TEST(RecentQuantile, TheShortestAndTheLongestHaveAPlace) {
  RecentQuantile times;
  times.add({-5});
  times.add({0});
  EXPECT_EQ(times.quantile(1000), Duration{16});
  times.add({INT64_MAX});
  EXPECT_GT(times.quantile(1000), 1800_s);
}

// Within one step of the true quantile, never below it.
RC_GTEST_PROP(RecentQuantile, isTheTrueOneUpToAStep, ()) {
  auto micros = *rc::gen::nonEmpty(
      rc::gen::container<std::vector<std::int64_t>>(rc::gen::inRange<std::int64_t>(1, 5'000'000)));
  if (micros.size() >= RecentQuantile::remembered) micros.resize(RecentQuantile::remembered - 1);
  RecentQuantile times;
  for (const std::int64_t each : micros) times.add({each});
  std::sort(micros.begin(), micros.end());
  const auto perMille = *rc::gen::inRange<std::uint32_t>(1, 1001);
  const std::size_t rank = (micros.size() * perMille + 999) / 1000;
  const std::int64_t truly = micros[rank - 1];
  const std::int64_t said = times.quantile(perMille).micros;
  RC_ASSERT(said >= truly);
  RC_ASSERT(said <= std::max<std::int64_t>(16, truly + truly / 4 + 1));
}

// A replica that has become fast is soon known as such.
TEST(RecentQuantile, ThePastFades) {
  RecentQuantile times;
  for (int i = 0; i < 100'000; ++i) times.add(100_ms);
  EXPECT_GT(times.quantile(950), 99_ms);
  int needed = 0;
  for (; times.quantile(950) > 2_ms; ++needed) times.add(1_ms);
  EXPECT_LT(needed, 5 * static_cast<int>(RecentQuantile::remembered));
  EXPECT_LE(times.count(), RecentQuantile::remembered);
}

}  // namespace
}  // namespace henge
