#include "client/bench/rate_schedule.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace henge::bench {
namespace {

TEST(RateSchedule, spreadsASecondEvenly) {
  const RateSchedule schedule({1000}, 4);
  EXPECT_EQ(schedule.beginOf(0), MonoTime{1000});
  EXPECT_EQ(schedule.beginOf(1), MonoTime{251'000});
  EXPECT_EQ(schedule.beginOf(4), MonoTime{1'001'000});
  EXPECT_EQ(schedule.dueBefore({1000}), 0);
  EXPECT_EQ(schedule.dueBefore({1001}), 1);
  EXPECT_EQ(schedule.dueBefore({1'001'000}), 4);
}

// For days, at any rate: no drift, and both questions agree.
RC_GTEST_PROP(RateSchedule, countsWhatHasBegun, ()) {
  const auto rate = *rc::gen::inRange<std::int64_t>(1, 10'000'000);
  const auto n = *rc::gen::inRange<std::int64_t>(0, rate * 86'400 * 7);
  const RateSchedule schedule({5}, rate);
  const MonoTime begin = schedule.beginOf(n);
  const auto exact = static_cast<double>(n) * 1e6 / static_cast<double>(rate);
  RC_ASSERT(static_cast<double>((begin - MonoTime{5}).micros) <= exact + 1);
  RC_ASSERT(static_cast<double>((begin - MonoTime{5}).micros) >= exact - 2);
  RC_ASSERT(schedule.beginOf(n + 1) >= begin);
  RC_ASSERT(schedule.dueBefore(begin) <= n + 1);
  RC_ASSERT(schedule.dueBefore(begin + 1_us) > n);
}

}  // namespace
}  // namespace henge::bench
