#include "core/time.h"

#include <chrono>
#include <cstdio>
#include <gtest/gtest.h>

namespace henge {
namespace {

TEST(Time, isShownAsIso8601) {
  EXPECT_EQ(toIso8601({1'795'236'306'646'329}), "2026-11-21 04:45:06.646329Z");
  EXPECT_EQ(toIso8601({0}), "1970-01-01 00:00:00.000000Z");
  EXPECT_EQ(toIso8601({-1}), "1969-12-31 23:59:59.999999Z");
  EXPECT_EQ(toIso8601({951'782'400'000'000}), "2000-02-29 00:00:00.000000Z");
  EXPECT_EQ(toIso8601({4'107'542'400'000'000}), "2100-03-01 00:00:00.000000Z");
}

TEST(Time, extremesHaveAForm) {
  EXPECT_EQ(toIso8601({INT64_MAX}), "294247-01-10 04:00:54.775807Z");
  EXPECT_EQ(toIso8601({INT64_MIN}), "-290308-12-21 19:59:05.224192Z");
}

// The twin: the standard library's calendar, day by day over 1,600 years.
TEST(Time, everyDateIsTheCalendars) {
  using std::chrono::sys_days;
  sys_days day = std::chrono::year{1200} / 1 / 1;
  for (int i = 0; i < 584'388; ++i, day += std::chrono::days{1}) {
    std::chrono::year_month_day date{day};
    char wanted[64];
    std::snprintf(wanted, sizeof wanted, "%04d-%02u-%02u 00:00:00.000000Z",
                  static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                  static_cast<unsigned>(date.day()));
    ASSERT_EQ(toIso8601({day.time_since_epoch().count() * 86'400'000'000}), wanted);
  }
}

TEST(Time, spansAreShownInMilliseconds) {
  EXPECT_EQ(toMillis(0_us), "0.00");
  EXPECT_EQ(toMillis(4_us), "0.00");
  EXPECT_EQ(toMillis(5_us), "0.01");
  EXPECT_EQ(toMillis(1'995_us), "2.00");
  EXPECT_EQ(toMillis(2'000'120_us), "2000.12");
  EXPECT_EQ(toMillis(Duration{-7}), "0.00");
}

TEST(Time, spansAreInMicroseconds) {
  EXPECT_EQ((2_s).micros, 2'000'000);
  EXPECT_EQ((3_ms).micros, 3'000);
  EXPECT_EQ(5_us + 3_ms * 2, 6'005_us);
  EXPECT_EQ((MonoTime{5} + 1_ms) - MonoTime{5}, 1_ms);
}

}  // namespace
}  // namespace henge
