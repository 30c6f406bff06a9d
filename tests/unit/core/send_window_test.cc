#include "core/send_window.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace henge {
namespace {

SendWindowOptions small() { return {.first = 4, .max = 16, .bytesMax = 1000}; }

void answers(SendWindow& window, int count, Duration took) {
  for (int i = 0; i < count; ++i) window.onAnswered(took);
}

TEST(SendWindow, OneAlwaysGoesAndNoMoreThanItsSizeOrBytes) {
  const SendWindow window(small());
  EXPECT_TRUE(window.allows(0, 0, 5000));
  EXPECT_TRUE(window.allows(3, 300, 700));
  EXPECT_FALSE(window.allows(3, 301, 700));
  EXPECT_FALSE(window.allows(4, 0, 1));
}

TEST(SendWindow, GrowsByOneForEachWindowOfQuickAnswers) {
  SendWindow window(small());
  answers(window, 3, 1_ms);
  EXPECT_EQ(window.size(), 4u);
  answers(window, 1, 1_ms);
  EXPECT_EQ(window.size(), 5u);
  answers(window, 5, 1_ms);
  EXPECT_EQ(window.size(), 6u);
  answers(window, 1000, 1_ms);
  EXPECT_EQ(window.size(), 16u);
}

TEST(SendWindow, SlowAnswersHalveItOnceForAWindow) {
  SendWindow window(small());
  answers(window, 1000, 1_ms);
  answers(window, 8, 300_ms);
  EXPECT_EQ(window.size(), 8u);
  answers(window, 3, 300_ms);
  EXPECT_EQ(window.size(), 8u);
  answers(window, 60, 300_ms);
  EXPECT_LE(window.size(), 2u);
}

TEST(SendWindow, ANodeThatIsFarAwayIsNotSlow) {
  SendWindow window(small());
  answers(window, 1000, 80_ms);
  EXPECT_EQ(window.size(), 16u);
  answers(window, 16, 400_ms);
  EXPECT_EQ(window.size(), 8u);
}

TEST(SendWindow, RefusalsHalveItAndPauseEverLonger) {
  SendWindow window(small());
  answers(window, 1000, 1_ms);
  EXPECT_EQ(window.onRefused(), 100_ms);
  EXPECT_EQ(window.size(), 8u);
  EXPECT_EQ(window.onRefused(), 200_ms);
  for (int i = 0; i < 20; ++i) window.onRefused();
  EXPECT_EQ(window.onRefused(), 5_s);
  EXPECT_EQ(window.size(), 1u);
  window.onAnswered(1_ms);
  EXPECT_EQ(window.onRefused(), 100_ms) << "it has taken something since";
}

TEST(SendWindow, AfterSilenceItBeginsAsAtFirst) {
  SendWindow window(small());
  answers(window, 1000, 1_ms);
  window.onSilence();
  EXPECT_EQ(window.size(), 4u);
}

RC_GTEST_PROP(SendWindow, NeverBelowOneNeverAboveItsMax, ()) {
  SendWindow window(small());
  for (int left = *rc::gen::inRange(0, 300); left > 0; --left) {
    switch (*rc::gen::inRange(0, 4)) {
      case 0:
        window.onRefused();
        break;
      case 1:
        window.onSilence();
        break;
      default:
        window.onAnswered({*rc::gen::inRange<std::int64_t>(0, 1'000'000)});
    }
    RC_ASSERT(window.size() >= 1 && window.size() <= 16);
    RC_ASSERT(window.allows(0, 0, 1 << 30));
  }
}

}  // namespace
}  // namespace henge
