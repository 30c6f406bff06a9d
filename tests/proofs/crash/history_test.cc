#include "tests/proofs/crash/history.h"

#include <gtest/gtest.h>

namespace henge::proofs {
namespace {

Record recordOf(const Bytes& key, std::int64_t timestamp) {
  Record record;
  record.key = key;
  record.version = {timestamp, 1};
  record.value = "v" + std::to_string(timestamp);
  return record;
}

// a=1, b=2, a=3; the third has no answer yet.
History abaHistory() {
  return {{recordOf("a", 1), recordOf("b", 2), recordOf("a", 3)}, {{1, 200}, {1, 300}}};
}

Expectation twoSynced() {
  Expectation expected;
  expected.appended = 3;
  expected.synced = 2;
  expected.syncedTo = expected.appliedMost = {1, 300};
  return expected;
}

// A start that found the first `count` records in the log.
Outcome foundFirst(std::size_t count) {
  Outcome outcome;
  outcome.records = count;
  outcome.state = abaHistory().stateAfter(count);
  return outcome;
}

std::optional<Check> verdict(const Outcome& outcome, const Expectation& expected = twoSynced()) {
  const auto finding = judge(outcome, abaHistory(), expected);
  if (!finding) return std::nullopt;
  return finding->check;
}

TEST(Judge, WhatIsSyncedAndABeginningOfTheRestIsRight) {
  EXPECT_EQ(verdict(foundFirst(2)), std::nullopt);
  EXPECT_EQ(verdict(foundFirst(3)), std::nullopt);
}

TEST(Judge, FewerThanSyncedIsALoss) { EXPECT_EQ(verdict(foundFirst(1)), Check::lost); }

TEST(Judge, WhatWasPromisedMustBeThere) {
  Expectation expected = twoSynced();
  Event mark;
  mark.kind = Event::Kind::promised;
  mark.path = "a";
  mark.version = {3, 1};
  expected.learn(mark);
  EXPECT_EQ(verdict(foundFirst(2), expected), Check::lost);
  EXPECT_EQ(verdict(foundFirst(3), expected), std::nullopt);
}

TEST(Judge, MoreThanWasWrittenIsTwice) {
  Expectation expected = twoSynced();
  expected.appended = 2;
  EXPECT_EQ(verdict(foundFirst(3), expected), Check::twice);
}

TEST(Judge, ARecordWithoutTheOneBeforeItIsAHole) {
  Outcome outcome = foundFirst(2);
  outcome.state = stateOf({recordOf("a", 3), recordOf("b", 2)});
  EXPECT_EQ(verdict(outcome), Check::hole);
}

TEST(Judge, TheStoreStandsNowhereTheLogIsNot) {
  Outcome outcome = foundFirst(3);
  outcome.applied = {1, 301};
  EXPECT_EQ(verdict(outcome), Check::position);
  outcome = foundFirst(1);
  outcome.applied = {1, 200};
  outcome.state = abaHistory().stateAfter(2);
  EXPECT_EQ(verdict(outcome), std::nullopt);  // one in the store, one replayed
}

TEST(Judge, NothingSyncedIsCut) {
  Outcome outcome = foundFirst(2);
  outcome.cutAt = {1, 299};
  EXPECT_EQ(verdict(outcome), Check::cut);
  outcome.cutAt = {1, 300};
  EXPECT_EQ(verdict(outcome), std::nullopt);
}

TEST(Judge, ARefusedStartAndDamageAreNamed) {
  Outcome outcome = foundFirst(2);
  outcome.damage.push_back({"log/0/segment-1.log", 0, "is damaged", {}, {}});
  EXPECT_EQ(verdict(outcome), Check::damage);
  outcome.status = Error{ErrorKind::io, "no"};
  EXPECT_EQ(verdict(outcome), Check::start);
}

TEST(History, KnowsMoreOnceItWasFound) {
  const History history = abaHistory();
  EXPECT_EQ(history.countTo({1, 299}), 1U);
  EXPECT_EQ(history.countTo({9, 0}), 2U);
  EXPECT_EQ(history.found(3, {1, 400}).countTo({1, 400}), 3U);
  EXPECT_EQ(history.heldAfter(3, "a"), (Version{3, 1}));
  EXPECT_EQ(history.heldAfter(0, "a"), std::nullopt);
}

}  // namespace
}  // namespace henge::proofs
