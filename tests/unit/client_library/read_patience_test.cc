#include "client/library/read_patience.h"

#include <gtest/gtest.h>

namespace henge::library {
namespace {

void answer(ReadPatience& patience, std::uint64_t times, Duration took) {
  for (std::uint64_t i = 0; i < times; ++i) patience.onAnswered(took);
}

TEST(ReadPatience, needsAHundredReadsToKnow) {
  ReadPatience patience;
  answer(patience, 99, 5_ms);
  EXPECT_EQ(patience.p99(), std::nullopt);
  answer(patience, 1, 5_ms);
  ASSERT_TRUE(patience.p99());
  EXPECT_GE(*patience.p99(), 5_ms);
  EXPECT_LE(*patience.p99(), 5_ms + Duration{5000 / 16});
}

TEST(ReadPatience, isNeverShorterThanItsLeast) {
  ReadPatience patience;
  answer(patience, 1000, 100_us);
  EXPECT_EQ(patience.p99(), ReadPatience::least);
}

TEST(ReadPatience, takesTheSlowerHalfAndForgetsTheOlderOne) {
  ReadPatience patience;
  answer(patience, ReadPatience::window / 2, 3_ms);
  answer(patience, ReadPatience::seenMin, 50_ms);
  EXPECT_GE(*patience.p99(), 50_ms);
  answer(patience, ReadPatience::window, 3_ms);
  EXPECT_LT(*patience.p99(), 4_ms);
}

}  // namespace
}  // namespace henge::library
