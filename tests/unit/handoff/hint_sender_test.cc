#include "server/handoff/hint_sender.h"

#include <gtest/gtest.h>
#include <set>

#include "tests/sim/chance.h"
#include "tests/unit/handoff/hint_stage.h"

namespace henge::handoff {
namespace {

std::vector<Bytes> keep(HintStage& stage, int count) {
  std::vector<Bytes> keys;
  for (int i = 0; i < count; ++i) {
    keys.push_back("k" + std::to_string(1000 + i));
    stage.keep({2}, keys.back(), 10 + i);
  }
  return keys;
}

TEST(HintSender, SendsNothingWhileTheTargetIsDown) {
  HintStage stage;
  keep(stage, 3);
  stage.loop.runFor(30_s);
  EXPECT_TRUE(stage.peers.sent.empty());
  EXPECT_EQ(stage.viewOf(2).state, "waiting");
  EXPECT_EQ(stage.viewOf(2).reason, "n2 is not up");
}

TEST(HintSender, SendsTheVeryRecordOnceTheTargetIsUp) {
  HintStage stage;
  stage.keep({2}, "k", 77, "value");
  stage.up(2);
  stage.loop.runFor(1_s);
  ASSERT_EQ(stage.peers.sent.size(), 1u);
  const HintPeers::Sent& sent = stage.peers.sent[0];
  EXPECT_EQ(sent.to, NodeId{2});
  EXPECT_EQ(sent.request.record.version, (Version{77, 9})) << "never under another version";
  EXPECT_EQ(sent.request.record.value, "value");
  EXPECT_EQ(sent.request.source, Source::hint);
  EXPECT_EQ(sent.request.dispatchedAtMicros, 77);
  EXPECT_EQ(sent.request.epoch, 1u);
  EXPECT_EQ(stage.viewOf(2).state, "sending");
  stage.answer(0, repliedApplied());
  EXPECT_EQ(stage.viewOf(2).state, "empty");
  EXPECT_EQ(stage.store.ended.size(), 1u);
  stage.loop.runFor(60_s);
  EXPECT_EQ(stage.peers.sent.size(), 1u) << "once";
  EXPECT_TRUE(stage.loop.idle()) << "it sleeps while nothing is kept";
}

TEST(HintSender, TheOldestFirstAndNoMoreThanTheWindow) {
  HintStage stage;
  const auto keys = keep(stage, 300);
  stage.up(2);
  stage.loop.runFor(1_s);
  EXPECT_EQ(stage.peers.open(), SendWindowOptions().first);
  stage.answerAll(repliedApplied());
  EXPECT_EQ(stage.keysSent(), keys);
  EXPECT_EQ(stage.viewOf(2).delivered, 300u);
  EXPECT_GT(stage.viewOf(2).window, SendWindowOptions().first) << "it answered quickly";
  EXPECT_LE(stage.store.largestPage, SenderOptions().pageHints);
}

TEST(HintSender, SupersededIsDeliveredToo) {
  HintStage stage;
  keep(stage, 1);
  stage.up(2);
  stage.loop.runFor(1_s);
  ApplyReply reply;
  reply.outcome = ApplyOutcome::superseded;
  stage.answer(0, reply);
  EXPECT_EQ(stage.store.ended.begin()->second, HintEnd::delivered);
}

TEST(HintSender, WhatFailsIsSentAgainAndNothingTwiceAtOnce) {
  HintStage stage;
  keep(stage, 4);
  stage.up(2);
  stage.loop.runFor(1_s);
  ASSERT_EQ(stage.peers.sent.size(), 4u);
  stage.answer(0, repliedApplied());
  stage.answer(1, repliedSilence());
  stage.loop.runFor(30_s);
  EXPECT_EQ(stage.peers.sent.size(), 4u) << "two have not been answered";
  stage.answer(3, repliedApplied());
  stage.answer(2, repliedApplied());
  stage.answerAll(repliedApplied());
  EXPECT_EQ(stage.peers.sent.size(), 5u);
  EXPECT_EQ(stage.keysSent().back(), "k1001");
  EXPECT_TRUE(stage.store.hints.empty());
}

TEST(HintSender, SilenceIsWaitedForEverLonger) {
  HintStage stage;
  keep(stage, 1);
  stage.up(2);
  stage.answerAll(repliedSilence(), 60_s);
  EXPECT_GE(stage.peers.sent.size(), 10u);
  EXPECT_LE(stage.peers.sent.size(), 20u);
  EXPECT_EQ(stage.viewOf(2).state, "resting");
  EXPECT_EQ(stage.viewOf(2).reason, "no answer");
}

TEST(HintSender, ATargetWithTooMuchToDoIsLeftAloneAndGetsLess) {
  HintStage stage;
  keep(stage, 5000);
  stage.up(2);
  stage.answerAll(repliedApplied(), 50_ms);
  const auto sent = stage.peers.sent.size();
  const auto before = stage.viewOf(2).window;
  stage.answerAll(repliedRefusal(Refusal::overloaded), 5_s);
  EXPECT_LT(stage.viewOf(2).window, before);
  EXPECT_LT(stage.peers.sent.size(), sent + 40);
  stage.answerAll(repliedApplied(), 60_s);
  EXPECT_TRUE(stage.store.hints.empty());
}

// One link that drops is one event, however much was on its way.
TEST(HintSender, AWindowFullOfSilenceIsWaitedForOnce) {
  HintStage stage({}, {.window = {.first = 64}});
  keep(stage, 200);
  stage.up(2);
  stage.loop.runFor(1_s);
  ASSERT_EQ(stage.peers.open(), 64u);
  for (std::size_t i = 0; i < 64; ++i) stage.answer(i, repliedSilence());
  stage.loop.runFor(200_ms);
  EXPECT_EQ(stage.peers.open(), 64u) << "sent again after the first pause";
}

TEST(HintSender, WhatATargetWillNeverTakeIsCountedAndMarked) {
  HintStage stage;
  keep(stage, 2);
  stage.up(2);
  stage.loop.runFor(1_s);
  stage.answer(0, repliedRefusal(Refusal::invalid));
  stage.answer(1, repliedApplied());
  EXPECT_EQ(stage.viewOf(2).refused, 1u);
  EXPECT_EQ(stage.viewOf(2).delivered, 1u);
  EXPECT_EQ(stage.viewOf(2).rangesToRepair, 1u);
  EXPECT_TRUE(stage.store.hints.empty());
}

TEST(HintSender, ExpiredOnesAreNotDelivered) {
  HintStage stage({.ageMax = 10_s});
  keep(stage, 2);
  stage.loop.runFor(6_s);
  stage.keep({2}, "k-late", 99);
  stage.loop.runFor(6_s);
  stage.up(2);
  stage.answerAll(repliedApplied());
  EXPECT_EQ(stage.keysSent(), std::vector<Bytes>{"k-late"});
  EXPECT_EQ(stage.viewOf(2).expired, 2u);
  EXPECT_EQ(stage.viewOf(2).rangesToRepair, 1u) << "it misses them for good";
}

TEST(HintSender, ExpiredOnesGoThoughTheTargetStaysDown) {
  HintStage stage({.ageMax = 10_s}, {.pageHints = 3});
  keep(stage, 20);
  stage.loop.runFor(100_s);
  EXPECT_TRUE(stage.store.hints.empty());
  EXPECT_EQ(stage.viewOf(2).expired, 20u);
  EXPECT_EQ(stage.viewOf(2).bytes, 0u);
  EXPECT_TRUE(stage.peers.sent.empty());
}

// Node 0 is none of the key's replicas any more: the ring has changed since it was hinted.
TEST(HintSender, AHintForNoReplicaGoesToAllWhoAre) {
  HintStage stage;
  stage.keep({0}, "k", 5);
  for (const std::uint32_t node : {0u, 1u, 2u, 3u}) stage.up(node);
  stage.loop.runFor(1_s);
  ASSERT_EQ(stage.peers.sent.size(), 3u);
  std::set<NodeId> to;
  for (const auto& sent : stage.peers.sent) to.insert(sent.to);
  EXPECT_EQ(to, (std::set<NodeId>{{1}, {2}, {3}}));
  stage.answer(0, repliedApplied());
  stage.answer(1, repliedSilence());
  stage.answer(2, repliedApplied());
  EXPECT_EQ(stage.store.hints.size(), 1u) << "one of them may lack it";
  stage.answerAll(repliedApplied());
  EXPECT_TRUE(stage.store.hints.empty());
  EXPECT_EQ(stage.viewOf(0).delivered, 1u);
}

TEST(HintSender, AHintForWhoIsNoMemberAnyMoreGoesToTheReplicas) {
  HintStage stage;
  stage.keep({7}, "k", 5);
  stage.loop.runFor(1_s);
  EXPECT_EQ(stage.peers.sent.size(), 3u);
  stage.answerAll(repliedApplied());
  EXPECT_EQ(stage.viewOf(7).delivered, 1u);
}

TEST(HintSender, ALateAnswerOfAFailedDeliveryChangesNothing) {
  HintStage stage;
  keep(stage, 1);
  stage.up(2);
  stage.loop.runFor(1_s);
  stage.answer(0, repliedSilence());
  stage.answer(0, repliedApplied());
  EXPECT_EQ(stage.viewOf(2).delivered, 0u);
  stage.answerAll(repliedApplied());
  EXPECT_EQ(stage.viewOf(2).delivered, 1u);
}

TEST(HintSender, WithoutANoteInTheLogItHasNotEnded) {
  HintStage stage;
  keep(stage, 2);
  stage.up(2);
  stage.loop.runFor(1_s);
  stage.store.refusal = Error{ErrorKind::overloaded, "full"};
  stage.answer(0, repliedApplied());
  stage.answer(1, repliedApplied());
  EXPECT_EQ(stage.viewOf(2).count, 2u);
  EXPECT_EQ(stage.viewOf(2).reason, "the log takes no note of it");
  stage.store.refusal.reset();
  stage.answerAll(repliedApplied());
  EXPECT_EQ(stage.viewOf(2).count, 0u);
  EXPECT_EQ(stage.peers.sent.size(), 4u) << "both went again";
}

TEST(HintSender, HintsThatCannotBeReadAreWaitedFor) {
  HintStage stage;
  keep(stage, 1);
  stage.store.readError = Error{ErrorKind::rebuilding, "brought back from the log"};
  stage.up(2);
  stage.loop.runFor(10_s);
  EXPECT_EQ(stage.viewOf(2).state, "resting");
  stage.store.readError.reset();
  stage.answerAll(repliedApplied());
  EXPECT_EQ(stage.viewOf(2).delivered, 1u);
}

TEST(HintSender, NothingIsSentOnceItStops) {
  HintStage stage;
  keep(stage, 10);
  stage.up(2);
  stage.loop.runFor(1_s);
  const auto sent = stage.peers.sent.size();
  stage.handoff->stop();
  stage.answerAll(repliedApplied());
  EXPECT_EQ(stage.peers.sent.size(), sent);
  EXPECT_EQ(stage.store.hints.size(), 10u);
}

// Whatever answers come, nothing is on its way twice, the window is kept, and in the end every hint
// has ended once.
TEST(HintSender, EndsEveryHintOnceWhateverIsAnswered) {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    sim::Chance chance(seed);
    HintStage stage({}, {.pageHints = 1 + chance.below(9)});
    int kept = 0;
    const std::vector<ApplyReply> replies = {repliedApplied(), repliedApplied(), repliedSilence(),
                                             repliedRefusal(Refusal::overloaded),
                                             repliedRefusal(Refusal::diskFull)};
    for (int round = 0; round < 300; ++round) {
      if (chance.below(3) == 0) {
        ++kept;
        stage.keep({2}, "k" + std::to_string(kept), kept);
      }
      if (chance.below(9) == 0) stage.up(2, chance.below(3) > 0);
      if (chance.below(20) == 0) stage.restart(static_cast<std::uint64_t>(2 + round));
      std::set<Bytes> onTheirWay;
      for (std::size_t i = 0; i < stage.peers.sent.size(); ++i) {
        if (stage.peers.sent[i].answered) continue;
        if (chance.below(2) == 0) {
          stage.answer(i, replies[chance.below(replies.size())]);
        }
      }
      for (const auto& sent : stage.peers.sent) {
        if (sent.answered) continue;
        EXPECT_TRUE(onTheirWay.insert(sent.request.record.key).second) << "twice at once";
      }
      stage.loop.runFor({static_cast<std::int64_t>(chance.below(400'000))});
    }
    stage.up(2);
    stage.answerAll(repliedApplied(), 60_s);
    EXPECT_TRUE(stage.store.hints.empty());
    EXPECT_EQ(stage.store.ended.size(), static_cast<std::size_t>(kept));
    EXPECT_EQ(stage.viewOf(2).bytes, 0u);
  }
}

}  // namespace
}  // namespace henge::handoff
