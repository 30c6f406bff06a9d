#include "core/send_window.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace henge {
namespace {

SendWindowOptions small() { return {.first = 4, .max = 16, .bytesMax = 1000}; }

// Each sent as the window is then.
void answers(SendWindow& window, int count, Duration took) {
  for (int i = 0; i < count; ++i) window.onAnswered(took, window.generation());
}

// All of them on their way at once.
void answersOfOneWindow(SendWindow& window, std::size_t count, Duration took) {
  const std::uint64_t sentIn = window.generation();
  for (std::size_t i = 0; i < count; ++i) window.onAnswered(took, sentIn);
}

TEST(SendWindow, OneAlwaysGoesAndNoMoreThanItsSizeOrBytes) {
  const SendWindow window(small());
  EXPECT_TRUE(window.allows(0, 0, 5000));
  EXPECT_TRUE(window.allows(3, 300, 700));
  EXPECT_FALSE(window.allows(3, 301, 700));
  EXPECT_FALSE(window.allows(4, 0, 1));
}

TEST(SendWindow, IsNotAboveItsMaxAtFirstEither) {
  SendWindow window({.first = 4, .max = 1});
  EXPECT_EQ(window.size(), 1u);
  window.onAnswered(1_ms, window.generation());
  (void)window.onSilence(window.generation());
  EXPECT_EQ(window.size(), 1u);
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
  answersOfOneWindow(window, 16, 300_ms);
  EXPECT_EQ(window.size(), 8u);
  answersOfOneWindow(window, 8, 300_ms);
  EXPECT_EQ(window.size(), 4u);
}

TEST(SendWindow, ANodeThatIsFarAwayIsNotSlow) {
  SendWindow window(small());
  answers(window, 1000, 80_ms);
  EXPECT_EQ(window.size(), 16u);
  answersOfOneWindow(window, 16, 400_ms);
  EXPECT_EQ(window.size(), 8u);
}

TEST(SendWindow, ABurstOfRefusalsIsOneEvent) {
  SendWindow window(small());
  answers(window, 1000, 1_ms);
  const std::uint64_t sentIn = window.generation();
  for (int i = 0; i < 16; ++i) EXPECT_EQ(window.onRefused(sentIn), 100_ms);
  EXPECT_EQ(window.size(), 8u);
}

TEST(SendWindow, RefusalsHalveItAndPauseEverLonger) {
  SendWindow window(small());
  answers(window, 1000, 1_ms);
  EXPECT_EQ(window.onRefused(window.generation()), 100_ms);
  EXPECT_EQ(window.onRefused(window.generation()), 200_ms);
  EXPECT_EQ(window.size(), 4u);
  for (int i = 0; i < 20; ++i) (void)window.onRefused(window.generation());
  EXPECT_EQ(window.onRefused(window.generation()), 5_s);
  EXPECT_EQ(window.size(), 1u);
  answers(window, 1, 1_ms);
  EXPECT_EQ(window.onRefused(window.generation()), 100_ms) << "it has taken something since";
}

TEST(SendWindow, AfterSilenceItBeginsAsAtFirstAndPausesEverLonger) {
  SendWindow window(small());
  answers(window, 1000, 1_ms);
  const std::uint64_t sentIn = window.generation();
  for (int i = 0; i < 16; ++i) EXPECT_EQ(window.onSilence(sentIn), 100_ms) << "one link, once";
  EXPECT_EQ(window.size(), 4u);
  EXPECT_EQ(window.onSilence(window.generation()), 200_ms);
  for (int i = 0; i < 20; ++i) (void)window.onSilence(window.generation());
  EXPECT_EQ(window.onSilence(window.generation()), 5_s);
  answers(window, 1, 1_ms);
  EXPECT_EQ(window.onSilence(window.generation()), 100_ms);
}

RC_GTEST_PROP(SendWindow, NeverBelowOneNeverAboveItsMax, ()) {
  SendWindow window(small());
  for (int left = *rc::gen::inRange(0, 300); left > 0; --left) {
    const std::uint64_t sentIn = window.generation() - (*rc::gen::inRange<std::uint64_t>(0, 2) &
                                                        (window.generation() > 0 ? 1u : 0u));
    switch (*rc::gen::inRange(0, 4)) {
      case 0:
        (void)window.onRefused(sentIn);
        break;
      case 1:
        (void)window.onSilence(sentIn);
        break;
      default:
        window.onAnswered({*rc::gen::inRange<std::int64_t>(0, 1'000'000)}, sentIn);
    }
    RC_ASSERT(window.size() >= 1 && window.size() <= 16);
    RC_ASSERT(window.allows(0, 0, 1 << 30));
  }
}

}  // namespace
}  // namespace henge
