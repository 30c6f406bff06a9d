#include "core/peer_times.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <vector>

namespace henge {
namespace {

constexpr Duration leadMax = 30_s;
constexpr std::int64_t noon = 1'700'000'000'000'000;
constexpr WallTime hourAhead{noon + 3'600'000'000};
constexpr MonoTime now{50'000'000};

TEST(PeerTimes, aLoneClockIsBelieved) {
  EXPECT_EQ(PeerTimes(1, leadMax).bounded(hourAhead, now), hourAhead);
}

TEST(PeerTimes, withoutAMajorityTheClockIsBelieved) {
  PeerTimes two(2, leadMax);
  two.heard({1}, {noon}, now);
  EXPECT_EQ(two.bounded(hourAhead, now), hourAhead);  // one against one

  PeerTimes three(3, leadMax);
  three.heard({1}, {noon}, now);
  EXPECT_EQ(three.bounded(hourAhead, now), hourAhead);
  three.heard({2}, {noon}, now);
  EXPECT_EQ(three.bounded(hourAhead, now), (WallTime{noon + leadMax.micros}));
}

TEST(PeerTimes, oneOtherThatAgreesIsEnoughInThree) {
  PeerTimes times(3, leadMax);
  times.heard({1}, {noon}, now);
  times.heard({2}, hourAhead, now);
  EXPECT_EQ(times.bounded(hourAhead, now), hourAhead);
}

TEST(PeerTimes, aSmallLeadAndALagStayAsTheyAre) {
  PeerTimes times(3, leadMax);
  times.heard({1}, {noon}, now);
  times.heard({2}, {noon}, now);
  EXPECT_EQ(times.bounded({noon + leadMax.micros}, now), (WallTime{noon + leadMax.micros}));
  EXPECT_EQ(times.bounded({noon - leadMax.micros * 5}, now), (WallTime{noon - leadMax.micros * 5}));
  EXPECT_EQ(times.lead({noon - 1}, now), Duration{});
}

TEST(PeerTimes, whatWasHeardGoesOnWithTheTime) {
  PeerTimes times(3, leadMax);
  times.heard({1}, {noon}, now);
  times.heard({2}, {noon}, now);
  EXPECT_EQ(times.bounded(hourAhead, now + 7_s), (WallTime{noon + leadMax.micros + 7'000'000}));
}

TEST(PeerTimes, whoWasSilentForLongSaysNothing) {
  PeerTimes times(3, leadMax);
  times.heard({1}, {noon}, now);
  times.heard({2}, {noon}, now);
  EXPECT_NE(times.bounded(hourAhead, now + 30_s), hourAhead);
  EXPECT_EQ(times.bounded(hourAhead, now + 31_s), hourAhead);
  times.heard({2}, {noon}, now + 31_s);
  EXPECT_EQ(times.bounded(hourAhead, now + 31_s), hourAhead);
  times.heard({1}, {noon}, now + 32_s);
  EXPECT_NE(times.bounded(hourAhead, now + 32_s), hourAhead);
}

TEST(PeerTimes, aChangedMindCountsWithinASecond) {
  PeerTimes times(3, leadMax);
  times.heard({1}, {noon}, now);
  times.heard({2}, {noon}, now);
  times.heard({1}, hourAhead, now + 1_s);
  EXPECT_EQ(times.bounded(hourAhead, now + 1_s), hourAhead);
}

// The same by counting: some bound is what most members have not passed.
RC_GTEST_PROP(PeerTimes, holdsBackJustTheOnesThatLeadAMajority, ()) {
  const auto leads = *rc::gen::container<std::vector<std::int64_t>>(
      rc::gen::inRange<std::int64_t>(-200'000'000, 200'000'000));
  PeerTimes times(leads.size() + 1, leadMax);
  for (std::size_t i = 0; i < leads.size(); ++i)
    times.heard({static_cast<std::uint32_t>(i + 1)}, {noon + leads[i]}, now);
  const WallTime wall{noon};
  const WallTime bounded = times.bounded(wall, now);
  const auto passedBy = static_cast<std::size_t>(std::ranges::count_if(
      leads, [&](std::int64_t lead) { return noon + lead + leadMax.micros < wall.micros; }));
  RC_ASSERT((bounded < wall) == (passedBy > (leads.size() + 1) / 2));
  RC_ASSERT(bounded <= wall);
}

}  // namespace
}  // namespace henge
