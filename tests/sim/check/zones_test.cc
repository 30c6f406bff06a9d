#include "tests/sim/check/zones.h"

#include <gtest/gtest.h>

#include "tests/sim/check/written.h"

namespace henge::sim {
namespace {

std::string verdict(const Written& history) {
  const auto found = checkZones(history.ops());
  return found ? toString(*found) : "linearizable";
}

constexpr const char* good = "linearizable";

TEST(Zones, AnEmptyHistoryIsLinearizable) { EXPECT_EQ(verdict(Written()), good); }

TEST(Zones, ReadsOfTheNewest) {
  EXPECT_EQ(
      verdict(Written().get(absent, 0, 1).put(1, 2, 3).get(1, 4, 5).put(2, 6, 7).get(2, 8, 9)),
      good);
}

TEST(Zones, StaleRead) {
  EXPECT_EQ(verdict(Written().put(1, 0, 1).put(2, 2, 3).get(1, 4, 5)),
            "the first had to be the newest throughout, yet the second came in between: "
            "value 1 (put 1; gets 3) and value 2 (put 2)");
}

TEST(Zones, ReadFromTheFuture) {
  EXPECT_EQ(verdict(Written().get(1, 0, 1).put(1, 2, 3)),
            "a get that ended before its put began: value 1 (put 2; gets 1)");
}

TEST(Zones, ValueThatNobodyPut) {
  EXPECT_EQ(verdict(Written().put(1, 0, 1).get(7, 2, 3)),
            "a value that nobody put: value 7 (no put; gets 2)");
}

// 2, then 3, then 2 again: one of the reads is of the past.
TEST(Zones, SplitRead) {
  EXPECT_EQ(
      verdict(Written().put(2, 0, 9).put(3, 0, 9).get(2, 10, 11).get(3, 12, 13).get(2, 14, 15)),
      "two values each had to be the newest before the other: "
      "value 2 (put 1; gets 3 5) and value 3 (put 2; gets 4)");
}

TEST(Zones, BackAndForthWhileBothPutsLast) {
  EXPECT_EQ(verdict(Written().put(2, 0, 99).put(3, 0, 99).get(2, 10, 11).get(3, 12, 13)), good);
  EXPECT_NE(
      verdict(Written().put(2, 0, 99).put(3, 0, 99).get(2, 10, 11).get(3, 12, 13).get(2, 14, 15)),
      good);
}

// The put of 1 had been acknowledged; everybody reads on as if it had never been.
TEST(Zones, LostUpdate) {
  EXPECT_EQ(verdict(Written().put(5, 0, 1).get(5, 2, 3).put(1, 4, 5).get(5, 6, 7).get(5, 8, 9)),
            "the first had to be the newest throughout, yet the second came in between: "
            "value 5 (put 1; gets 2 4 5) and value 1 (put 3)");
}

TEST(Zones, UnknownPutReadLate) {
  EXPECT_EQ(verdict(Written().unknownPut(1, 0).put(2, 2, 3).get(2, 4, 5).get(1, 90, 91)), good);
}

TEST(Zones, UnknownPutThatSurfacedStays) {
  EXPECT_EQ(verdict(Written().put(2, 0, 1).unknownPut(1, 2).get(1, 4, 5).get(2, 6, 7)),
            "the first had to be the newest throughout, yet the second came in between: "
            "value 2 (put 1; gets 4) and value 1 (put 2; gets 3)");
}

TEST(Zones, UnknownPutReadBeforeItBegan) {
  EXPECT_NE(verdict(Written().get(1, 0, 1).unknownPut(1, 2)), good);
}

TEST(Zones, UnknownPutNeverRead) {
  EXPECT_EQ(verdict(Written().put(2, 0, 1).unknownPut(1, 2).get(2, 4, 5).get(2, 90, 91)), good);
}

TEST(Zones, AbsentAfterAcknowledgedPut) {
  EXPECT_EQ(verdict(Written().put(1, 0, 1).get(absent, 2, 3)),
            "the first had to be the newest throughout, yet the second came in between: "
            "absent (no put; gets 2) and value 1 (put 1)");
}

TEST(Zones, AbsentAfterItWasRead) {
  EXPECT_NE(verdict(Written().unknownPut(1, 0).get(1, 2, 3).get(absent, 4, 5)), good);
}

// A remove is a put of a tombstone of its own: 9.
TEST(Zones, RemovedValueComesBack) {
  EXPECT_EQ(verdict(Written().put(1, 0, 1).put(9, 2, 3).get(9, 4, 5)), good);
  EXPECT_NE(verdict(Written().put(1, 0, 1).put(9, 2, 3).get(1, 4, 5)), good);
}

TEST(Zones, GetConcurrentWithPut) {
  EXPECT_EQ(verdict(Written().put(1, 0, 1).put(2, 4, 8).get(1, 5, 6)), good);
  EXPECT_EQ(verdict(Written().put(1, 0, 1).put(2, 4, 8).get(2, 5, 6)), good);
  EXPECT_EQ(verdict(Written().put(1, 0, 1).put(2, 4, 8).get(1, 5, 6).get(2, 7, 7)), good);
  EXPECT_NE(verdict(Written().put(1, 0, 1).put(2, 4, 8).get(2, 5, 5).get(1, 7, 7)), good);
}

TEST(Zones, EqualTimesAreConcurrent) {
  EXPECT_EQ(verdict(Written().put(1, 0, 1).put(2, 2, 3).get(1, 3, 4)), good);
  EXPECT_EQ(verdict(Written().get(1, 0, 2).put(1, 2, 3)), good);
  EXPECT_EQ(verdict(Written().put(1, 0, 2).put(2, 2, 3).get(1, 4, 5)), good);
  EXPECT_NE(verdict(Written().put(1, 0, 1).put(2, 2, 3).get(1, 4, 5)), good);
}

TEST(Zones, AnUnansweredGetSaysNothing) {
  auto history = Written().put(1, 0, 1).get(absent, 2, 3).ops();
  history.back().unknown = true;
  EXPECT_FALSE(checkZones(history));
}

}  // namespace
}  // namespace henge::sim
