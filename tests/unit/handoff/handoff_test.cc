#include "server/handoff/handoff.h"

#include <gtest/gtest.h>

#include "tests/unit/handoff/hint_stage.h"

namespace henge::handoff {
namespace {

std::size_t bytesOf(const Bytes& key, const Bytes& value) {
  Record record;
  record.key = key;
  record.value = value;
  return record.bytes();
}

TEST(Handoff, KeepsWhatItIsTold) {
  HintStage stage;
  stage.keep({2}, "k1", 5, "one");
  stage.keep({3}, "k1", 5, "one");
  stage.keep({2}, "k2", 6, "two");
  ASSERT_EQ(stage.store.hints.size(), 3u);
  const Hint& first = stage.store.hints.begin()->second;
  EXPECT_EQ(first.id, (HintId{{2}, hintNumbersBefore(1) + 1}));
  EXPECT_EQ(first.record.key, "k1");
  EXPECT_EQ(first.keptAt, stage.loop.wall());
  EXPECT_EQ(first.expiresAt.micros - first.keptAt.micros, HintLimits().ageMax.micros);
  EXPECT_EQ(first.dispatchedAtMicros, 5);
  const HintTargetView view = stage.viewOf(2);
  EXPECT_EQ(view.count, 2u);
  EXPECT_EQ(view.kept, 2u);
  EXPECT_EQ(view.bytes, bytesOf("k1", "one") + bytesOf("k2", "two"));
  EXPECT_EQ(view.oldest, first.keptAt);
  EXPECT_EQ(stage.handoff->total().count, 3u);
}

TEST(Handoff, AStartCountsWhatIsThereAndGoesOn) {
  HintStage stage({}, {.pageHints = 4});
  for (int i = 0; i < 2500; ++i) stage.keep({2}, "k" + std::to_string(i));
  const HintTargetView before = stage.viewOf(2);
  stage.restart(2);
  const HintTargetView after = stage.viewOf(2);
  EXPECT_EQ(after.count, 2500u);
  EXPECT_EQ(after.bytes, before.bytes);
  EXPECT_EQ(after.oldest, before.oldest);
  EXPECT_EQ(after.kept, 0u) << "since the start";
  EXPECT_TRUE(stage.events.mentions("2500 hints kept by earlier starts"));
  stage.keep({2}, "later");
  EXPECT_EQ(stage.store.hints.rbegin()->first.number, hintNumbersBefore(2) + 1);
  stage.up(2);
  stage.answerAll(repliedApplied(), 30_s);
  EXPECT_TRUE(stage.store.hints.empty());
  EXPECT_EQ(stage.keysSent().back(), "later");
}

TEST(Handoff, AtTheLimitOfATargetHintsAreDroppedCountedAndTheRangeMarked) {
  const std::uint64_t each = bytesOf("k1", "v");
  HintStage stage({.bytesMax = 2 * each});
  for (const char* key : {"k1", "k2", "k3", "k4"}) stage.keep({2}, key);
  EXPECT_EQ(stage.store.hints.size(), 2u);
  EXPECT_EQ(stage.viewOf(2).dropped, 2u);
  EXPECT_EQ(stage.viewOf(2).rangesToRepair, 1u) << "both are of one range";
  ASSERT_EQ(stage.store.marks.size(), 1u);
  EXPECT_EQ(stage.store.marks.begin()->second.first, "\x40");
  EXPECT_EQ(stage.store.marks.begin()->second.end, "\x80");
  EXPECT_TRUE(stage.events.mentions("hint_bytes_max is reached"));
  EXPECT_EQ(stage.events.lines.size(), 1u) << "told once a minute";
  stage.keep({3}, "k1");
  EXPECT_EQ(stage.viewOf(3).dropped, 0u) << "one target's hints are not another's";
}

TEST(Handoff, AtTheLimitOfAllEveryTargetsHintsAreDropped) {
  const std::uint64_t each = bytesOf("k1", "v");
  HintStage stage({.bytesAllMax = 2 * each});
  stage.keep({2}, "k1");
  stage.keep({3}, "k1");
  stage.keep({1}, "k1");
  EXPECT_EQ(stage.viewOf(1).dropped, 1u);
  EXPECT_TRUE(stage.events.mentions("hint_bytes_max_all is reached"));
}

TEST(Handoff, WithRoomAgainHintsAreKeptAgainAndTheMarkStays) {
  const std::uint64_t each = bytesOf("k1", "v");
  HintStage stage({.bytesMax = each});
  stage.keep({2}, "k1");
  stage.keep({2}, "k2");
  stage.up(2);
  stage.answerAll(repliedApplied());
  stage.keep({2}, "k3");
  EXPECT_EQ(stage.viewOf(2).count, 1u);
  EXPECT_EQ(stage.viewOf(2).rangesToRepair, 1u);
}

TEST(Handoff, MarksOutliveTheProcess) {
  HintStage stage({.bytesMax = 0});
  stage.keep({2}, "k1");
  stage.restart(2);
  EXPECT_EQ(stage.handoff->rangesToRepair(), 1u);
  ASSERT_EQ(stage.handoff->view().marks.size(), 1u);
  EXPECT_EQ(stage.handoff->view().marks[0].target, NodeId{2});
}

TEST(Handoff, ALogWithoutRoomDropsHintsAndTakesTheMarkLater) {
  HintStage stage;
  stage.store.refusal = Error{ErrorKind::overloaded, "pendingBytesMax: full"};
  stage.keep({2}, "k1");
  EXPECT_EQ(stage.viewOf(2).dropped, 1u);
  EXPECT_TRUE(stage.store.marks.empty());
  EXPECT_EQ(stage.handoff->rangesToRepair(), 1u);
  stage.loop.runFor(3_s);
  stage.store.refusal.reset();
  stage.loop.runFor(3_s);
  EXPECT_EQ(stage.store.marks.size(), 1u);
}

TEST(Handoff, ALateAnswerCancelsItsHint) {
  HintStage stage;
  const OpId first = stage.keep({2}, "k1");
  const OpId second = stage.keep({2}, "k2");
  stage.handoff->cancel(first, {3});
  EXPECT_EQ(stage.viewOf(2).count, 2u) << "another target's";
  stage.handoff->cancel(first, {2});
  stage.handoff->cancel(first, {2});
  EXPECT_EQ(stage.viewOf(2).cancelled, 1u);
  EXPECT_EQ(stage.store.ended.begin()->second, HintEnd::cancelled);
  stage.up(2);
  stage.answerAll(repliedApplied());
  EXPECT_EQ(stage.keysSent(), std::vector<Bytes>{"k2"});
  stage.handoff->cancel(second, {2});
  EXPECT_EQ(stage.viewOf(2).cancelled, 1u) << "it was delivered";
}

TEST(Handoff, AHintOnItsWayEndsByItsAnswerOnly) {
  HintStage stage;
  const OpId write = stage.keep({2}, "k1");
  stage.up(2);
  stage.loop.runFor(1_s);
  stage.handoff->cancel(write, {2});
  EXPECT_EQ(stage.viewOf(2).count, 1u);
  stage.answer(0, repliedApplied());
  EXPECT_EQ(stage.viewOf(2).delivered, 1u);
  EXPECT_EQ(stage.viewOf(2).cancelled, 0u);
}

TEST(Handoff, AHintReadAheadCanStillBeCancelled) {
  HintStage stage({}, {.window = {.first = 1}});
  stage.keep({2}, "k1");
  const OpId write = stage.keep({2}, "k2");
  stage.keep({2}, "k3");
  stage.up(2);
  stage.loop.runFor(1_s);
  stage.handoff->cancel(write, {2});
  stage.answerAll(repliedApplied());
  EXPECT_EQ(stage.keysSent(), (std::vector<Bytes>{"k1", "k3"}));
  EXPECT_TRUE(stage.store.hints.empty());
}

TEST(Handoff, ASyncPointWaitsForWhatIsThereAndNotForWhatComes) {
  HintStage stage;
  stage.keep({2}, "k1");
  stage.keep({2}, "k2");
  ASSERT_TRUE(stage.handoff->sync({1}, stage, stage.loop.now() + 60_s).ok());
  stage.keep({2}, "k3");
  stage.up(2);
  stage.loop.runFor(1_s);
  stage.answer(0, repliedApplied());
  stage.loop.runFor(1_s);
  EXPECT_TRUE(stage.synced.empty());
  stage.answer(1, repliedApplied());
  stage.loop.runFor(10_ms);
  EXPECT_EQ(stage.synced[OpId{1}], (HintSync{2, 2, 0, 0}));
  EXPECT_EQ(stage.viewOf(2).count, 1u);
}

TEST(Handoff, ASyncPointOfNothingIsReachedAtOnce) {
  HintStage stage;
  ASSERT_TRUE(stage.handoff->sync({1}, stage, stage.loop.now() + 60_s).ok());
  EXPECT_EQ(stage.synced[OpId{1}], HintSync{});
}

TEST(Handoff, ASyncPointSaysWhatIsLeftAtItsDeadlineAndWhatWasLost) {
  HintStage stage({.ageMax = 10_s});
  stage.keep({2}, "k1");
  stage.keep({3}, "k1");
  stage.keep({3}, "k2");
  ASSERT_TRUE(stage.handoff->sync({7}, stage, stage.loop.now() + 20_s).ok());
  stage.loop.runFor(11_s);
  stage.up(3);
  stage.loop.runFor(8_s);
  EXPECT_TRUE(stage.synced.empty());
  stage.loop.runFor(2_s);
  EXPECT_EQ(stage.synced[OpId{7}], (HintSync{3, 0, 2, 1}));
}

TEST(Handoff, SyncPointsHaveALimit) {
  HintStage stage;
  stage.keep({2}, "k1");
  for (std::uint64_t op = 1; op <= 64; ++op)
    ASSERT_TRUE(stage.handoff->sync({op}, stage, stage.loop.now() + 60_s).ok());
  EXPECT_EQ(stage.handoff->sync({99}, stage, stage.loop.now() + 60_s).error().kind,
            ErrorKind::overloaded);
}

// What is on its way when the links stop is answered unreachable, and hinted like anything else.
TEST(Handoff, KeepsAndCancelsOnceItHasStopped) {
  HintStage stage;
  stage.handoff->stop();
  const OpId write = stage.keep({2}, "k1");
  stage.keep({3}, "k1");
  EXPECT_EQ(stage.store.hints.size(), 2u);
  stage.handoff->cancel(write, {2});
  EXPECT_EQ(stage.store.hints.size(), 1u);
  stage.up(3);
  stage.loop.runFor(10_s);
  EXPECT_TRUE(stage.peers.sent.empty());
  EXPECT_TRUE(stage.loop.idle()) << "it waits for nothing any more";
}

TEST(Handoff, WhatAClosedLogDoesNotTakeIsCounted) {
  HintStage stage;
  stage.handoff->stop();
  stage.store.refusal = Error{ErrorKind::unavailable, "the storage is starting or stopping"};
  stage.keep({2}, "k1");
  EXPECT_EQ(stage.viewOf(2).dropped, 1u);
  EXPECT_EQ(stage.viewOf(2).rangesToRepair, 1u);
  EXPECT_TRUE(stage.loop.idle());
}

TEST(Handoff, AStopAnswersWhoWaitsWithWhatIsLeft) {
  HintStage stage;
  stage.keep({2}, "k1");
  ASSERT_TRUE(stage.handoff->sync({1}, stage, stage.loop.now() + 60_s).ok());
  stage.handoff->stop();
  EXPECT_EQ(stage.synced[OpId{1}], (HintSync{1, 0, 0, 1}));
  ASSERT_TRUE(stage.handoff->sync({2}, stage, stage.loop.now() + 60_s).ok());
  EXPECT_EQ(stage.synced[OpId{2}], (HintSync{1, 0, 0, 1}));
}

TEST(Handoff, MarksThatFoundNoRoomAreSaidOnceMoreAtTheEnd) {
  HintStage stage;
  stage.store.refusal = Error{ErrorKind::overloaded, "pendingBytesMax: full"};
  stage.keep({2}, "k1");
  stage.handoff->stop();
  stage.store.refusal.reset();
  stage.handoff->saveMarks();
  EXPECT_EQ(stage.store.marks.size(), 1u);
}

TEST(Handoff, HintsThatCannotBeReadAtTheStartAreTold) {
  HintStage stage;
  stage.keep({2}, "k1");
  stage.store.readError = Error{ErrorKind::rebuilding, "the store is damaged"};
  stage.restart(2);
  EXPECT_TRUE(stage.events.mentions("hints of earlier starts cannot be read yet"));
  stage.keep({2}, "k2");
  stage.up(2);
  stage.loop.runFor(10_s);
  EXPECT_TRUE(stage.peers.sent.empty()) << "nothing is sent before all is counted";
  EXPECT_EQ(stage.viewOf(2).count, 1u);
  stage.store.readError.reset();
  stage.answerAll(repliedApplied());
  EXPECT_EQ(stage.keysSent(), (std::vector<Bytes>{"k1", "k2"}));
  EXPECT_EQ(stage.viewOf(2).count, 0u);
  EXPECT_TRUE(stage.store.hints.empty());
}

TEST(Handoff, ADamagedLogMayHaveLostHintsForAnybody) {
  HintStage stage;
  stage.damaged = true;
  stage.restart(2);
  EXPECT_EQ(stage.handoff->rangesToRepair(), 9u) << "four ranges of three replicas, less its own";
  EXPECT_EQ(stage.viewOf(2).rangesToRepair, 0u) << "nothing else is known of it";
  EXPECT_EQ(stage.store.marks.size(), 9u);
}

TEST(Handoff, WhatMayBeLostIsMarkedAtEachStartAndSaidOnce) {
  HintStage stage;
  stage.damaged = true;
  stage.store.refusal = Error{ErrorKind::overloaded, "full"};
  stage.restart(2);
  EXPECT_TRUE(stage.store.marks.empty());
  stage.store.refusal.reset();
  stage.restart(3);
  EXPECT_EQ(stage.store.marks.size(), 9u);
  const auto appended = stage.store.appended;
  stage.restart(4);
  EXPECT_EQ(stage.handoff->rangesToRepair(), 9u);
  EXPECT_EQ(stage.store.appended, appended) << "they are known";
}

TEST(Handoff, AnOperatorWhoAcceptsADirectoryAcceptsThatHintsMayBeLost) {
  HintStage stage;
  EXPECT_EQ(stage.handoff->rangesToRepair(), 0u);
  stage.handoff->mayHaveLost();
  EXPECT_EQ(stage.store.marks.size(), 9u);
}

TEST(Handoff, NothingIsSyncedBeforeAllIsCounted) {
  HintStage stage;
  stage.keep({2}, "k1");
  stage.store.readError = Error{ErrorKind::rebuilding, "the store is damaged"};
  stage.restart(2);
  ASSERT_TRUE(stage.handoff->sync({1}, stage, stage.loop.now() + 5_s).ok());
  ASSERT_TRUE(stage.handoff->sync({2}, stage, stage.loop.now() + 60_s).ok());
  stage.loop.runFor(4_s);
  EXPECT_TRUE(stage.synced.empty()) << "there may be hints of which nobody knows yet";
  stage.loop.runFor(2_s);
  ASSERT_TRUE(stage.notSynced.contains(OpId{1}));
  EXPECT_EQ(stage.notSynced[OpId{1}],
            "hints of earlier starts are not counted yet: the store is damaged");
  EXPECT_EQ(stage.handoff->view().notCounted, "the store is damaged");
  stage.store.readError.reset();
  stage.up(2);
  stage.answerAll(repliedApplied());
  EXPECT_EQ(stage.synced[OpId{2}], (HintSync{1, 1, 0, 0}));
  EXPECT_EQ(stage.handoff->view().notCounted, "");
}

TEST(Handoff, OperatorsHearWhenATargetGetsWhatItMissed) {
  HintStage stage;
  stage.keep({2}, "k1");
  stage.keep({2}, "k2");
  stage.up(2);
  stage.answerAll(repliedApplied());
  EXPECT_TRUE(stage.events.mentions("n2 is up, gets 2 hints, "));
  EXPECT_TRUE(stage.events.mentions("n2 has got its hints"));
}

}  // namespace
}  // namespace henge::handoff
