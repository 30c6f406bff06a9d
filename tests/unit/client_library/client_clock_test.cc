#include "client/library/client_clock.h"

#include <gtest/gtest.h>

namespace henge::library {
namespace {

constexpr WallTime noon{1'700'000'000'000'000};

TEST(ClientClock, risesAlwaysAlsoWhenTheWallClockIsSetBack) {
  ClientClock clock(7);
  Version last;
  for (int i = 0; i < 10'000; ++i) {
    const WallTime wall{noon.micros - i * 1000};
    const Version next = clock.stamp(wall);
    ASSERT_GT(next, last);
    ASSERT_EQ(next.writer, 7u);
    last = next;
  }
  EXPECT_LT(last.timestamp, noon.micros + 10'001);
}

TEST(ClientClock, followsTheNodesAndWhatItReads) {
  ClientClock clock(7);
  clock.observeTime(noon.micros + 3600'000'000LL);  // its own clock is an hour behind
  EXPECT_GT(clock.stamp(noon).timestamp, noon.micros + 3600'000'000LL);
  const Version read{noon.micros + 3601'000'000LL, 9};
  clock.observe(read, noon);
  EXPECT_GT(clock.stamp(noon), read);
}

TEST(ClientClock, aVersionOfTheFarFutureDoesNotTakeItAlong) {
  ClientClock clock(7);
  clock.observe({noon.micros + 61'000'000, 9}, noon);
  EXPECT_EQ(clock.stamp(noon).timestamp, noon.micros);
}

}  // namespace
}  // namespace henge::library
