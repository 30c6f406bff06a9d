#include "server/membership/remembered_peer.h"

#include <gtest/gtest.h>

namespace henge::membership {
namespace {

const RememberedPeer known{{2}, {0xd2}, {7, 0x77}, {6, 0x66}, {12, 4096}, true, {}};

PeerHello hello(std::uint64_t boot, std::uint64_t nonce, LogPosition syncedTo = {12, 4096}) {
  PeerHello theirs;
  theirs.node = {2};
  theirs.directory = {0xd2};
  theirs.incarnation = {boot, nonce};
  theirs.syncedTo = syncedTo;
  return theirs;
}

TEST(Judge, theSameStartIsMetAgain) {
  EXPECT_EQ(judge(known, hello(7, 0x77)).meeting, Meeting::same);
  // What it said before its latest answers may be read after them.
  EXPECT_EQ(judge(known, hello(7, 0x77, {11, 0})).meeting, Meeting::same);
}

TEST(Judge, aLaterStartMustHaveAllThatWasSynced) {
  EXPECT_EQ(judge(known, hello(8, 0x88)).meeting, Meeting::later);
  EXPECT_EQ(judge(known, hello(9, 0x99, {13, 0})).meeting, Meeting::later);
  const Judgement shorter = judge(known, hello(8, 0x88, {12, 4095}));
  EXPECT_EQ(shorter.meeting, Meeting::objected);
  EXPECT_EQ(shorter.reason, "its log ends at 12:4095, but was on disk up to 12:4096");
}

TEST(Judge, withoutSyncAlwaysALogMayBecomeShorter) {
  RememberedPeer periodic = known;
  periodic.syncedBinds = false;
  EXPECT_EQ(judge(periodic, hello(8, 0x88, {1, 0})).meeting, Meeting::later);
}

TEST(Judge, yesterdaysCopyCountsItsStartsFromYesterday) {
  EXPECT_EQ(judge(known, hello(7, 0x78)).meeting, Meeting::earlier);
  EXPECT_EQ(judge(known, hello(3, 0x33)).meeting, Meeting::earlier);
  EXPECT_EQ(judge(known, hello(6, 0x67)).meeting, Meeting::earlier);
  EXPECT_NE(judge(known, hello(3, 0x33)).reason.find("start 3"), std::string::npos);
}

TEST(Judge, theLastWordsOfTheStartBeforeAreNoCopy) {
  EXPECT_EQ(judge(known, hello(6, 0x66)).meeting, Meeting::belated);
}

TEST(Judge, anotherDirectoryIsObjectedTo) {
  PeerHello wiped = hello(1, 0x11);
  wiped.directory = {0xee};
  EXPECT_EQ(judge(known, wiped).meeting, Meeting::objected);
}

TEST(Judge, anObjectionIsToADirectoryAndStandsHoweverOftenItIsStarted) {
  RememberedPeer objected = known;
  objected.objection = Objection{{0xd2}, "an older copy"};
  EXPECT_EQ(judge(objected, hello(20, 0x20, {99, 0})).meeting, Meeting::objected);
  EXPECT_EQ(judge(objected, hello(20, 0x20, {99, 0})).reason, "an older copy");
  objected.objection = Objection{{0xee}, "another directory"};
  EXPECT_EQ(judge(objected, hello(8, 0x88)).meeting, Meeting::later) << "the right one is back";
}

}  // namespace
}  // namespace henge::membership
