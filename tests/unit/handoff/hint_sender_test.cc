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

TEST(HintSender, WhoWasUpIsSweptAFullIntervalAfterItWentDown) {
  HintStage stage;
  keep(stage, 1);
  stage.loop.runFor(50_s);
  stage.up(2);
  stage.answerAll(repliedApplied(), 1_s);
  ASSERT_TRUE(stage.store.hints.empty());
  stage.up(2, false);
  keep(stage, 1);
  const auto reads = stage.store.reads;
  stage.loop.runFor(50_s);
  EXPECT_EQ(stage.store.reads, reads);
  stage.loop.runFor(15_s);
  EXPECT_GT(stage.store.reads, reads);
}

// Answers overtake each other within a window.
TEST(HintSender, TheOldestIsNoYoungerThanWhatIsOnItsWayOrHasFailed) {
  HintStage stage;
  for (int i = 0; i < 4; ++i) {
    stage.keep({2}, "k" + std::to_string(i), 10 + i);
    stage.loop.runFor(1_s);
  }
  const WallTime first = stage.viewOf(2).oldest;
  stage.up(2);
  stage.loop.runFor(1_s);
  ASSERT_EQ(stage.peers.sent.size(), 4u);
  stage.answer(2, repliedApplied());
  EXPECT_EQ(stage.viewOf(2).oldest, first) << "two before it have not been answered";
  stage.answer(1, repliedApplied());
  stage.answer(0, repliedSilence());
  stage.answer(3, repliedApplied());
  EXPECT_EQ(stage.viewOf(2).count, 1u);
  EXPECT_EQ(stage.viewOf(2).oldest, first) << "it failed, and is what is left";
  stage.answerAll(repliedApplied());
  EXPECT_EQ(stage.viewOf(2).oldest, WallTime{});
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

// Else a log that is full for a minute has a whole window sent again every two seconds.
TEST(HintSender, WhileTheLogTakesNoNotesOneHintIsSentAndNoMore) {
  HintStage stage({}, {.window = {.first = 32}});
  keep(stage, 200);
  stage.up(2);
  stage.loop.runFor(1_s);
  ASSERT_EQ(stage.peers.open(), 32u);
  stage.store.refusal = Error{ErrorKind::diskFull, "full"};
  stage.answerAll(repliedApplied(), 1_s);
  const auto sent = stage.peers.sent.size();
  stage.answerAll(repliedApplied(), 20_s);
  EXPECT_GT(stage.peers.sent.size(), sent + 5);
  EXPECT_LT(stage.peers.sent.size(), sent + 15);
  stage.store.refusal.reset();
  stage.answerAll(repliedApplied(), 30_s);
  EXPECT_EQ(stage.viewOf(2).delivered, 200u);
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

// What befalls a sender and its keeper, drawn from one seed.
class Trouble {
 public:
  explicit Trouble(std::uint64_t seed)
      : chance_(seed), stage_({.ageMax = 40_s}, {.pageHints = 1 + chance_.below(9)}) {}

  void round() {
    if (oneIn(3)) keepOne();
    if (oneIn(9)) stage_.up(2, chance_.below(3) > 0);
    if (oneIn(20)) stage_.restart(++boot_);
    if (oneIn(12)) toggle(stage_.store.refusal, {ErrorKind::overloaded, "full"});
    if (oneIn(12)) toggle(stage_.store.readError, {ErrorKind::rebuilding, "brought back"});
    if (lastWrite_ && oneIn(4)) stage_.handoff->cancel(*lastWrite_, {2});
    for (std::size_t i = 0; i < stage_.peers.sent.size(); ++i)
      if (!stage_.peers.sent[i].answered && oneIn(2))
        stage_.answer(i, replies_[chance_.below(replies_.size())]);
    stage_.loop.runFor({static_cast<std::int64_t>(chance_.below(400'000))});
  }
  void end() {
    stage_.store.refusal.reset();
    stage_.store.readError.reset();
    stage_.up(2);
    stage_.answerAll(repliedApplied(), 60_s);
  }

  HintStage& stage() { return stage_; }
  std::size_t kept() const { return kept_; }

 private:
  bool oneIn(std::size_t many) { return chance_.below(many) == 0; }
  void keepOne() {
    const std::size_t before = stage_.store.hints.size();
    ++writes_;
    const OpId write = stage_.keep({2}, "k" + std::to_string(writes_), writes_);
    if (stage_.store.hints.size() > before) ++kept_, lastWrite_ = write;
  }
  static void toggle(std::optional<Error>& trouble, Error error) {
    trouble ? trouble.reset() : (void)trouble.emplace(std::move(error));
  }

  sim::Chance chance_;
  HintStage stage_;
  std::uint64_t boot_ = 1;
  std::int64_t writes_ = 0;
  std::size_t kept_ = 0;
  std::optional<OpId> lastWrite_;
  const std::vector<ApplyReply> replies_ = {repliedApplied(),
                                            repliedApplied(),
                                            repliedSilence(),
                                            repliedRefusal(Refusal::overloaded),
                                            repliedRefusal(Refusal::diskFull),
                                            repliedRefusal(Refusal::invalid)};
};

// Whatever answers come, nothing is on its way twice, and in the end every hint has ended once: the
// store's fake sees a second end.
TEST(HintSender, EndsEveryHintOnceWhateverIsAnswered) {
  std::set<HintEnd> ends;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    Trouble trouble(seed);
    HintStage& stage = trouble.stage();
    for (int round = 0; round < 300; ++round) {
      trouble.round();
      std::set<Bytes> onTheirWay;
      for (const auto& sent : stage.peers.sent) {
        if (sent.answered) continue;
        EXPECT_TRUE(onTheirWay.insert(sent.request.record.key).second) << "twice at once";
      }
    }
    trouble.end();
    EXPECT_TRUE(stage.store.hints.empty());
    EXPECT_EQ(stage.store.ended.size(), trouble.kept());
    EXPECT_EQ(stage.viewOf(2).bytes, 0u);
    for (const auto& [id, end] : stage.store.ended) ends.insert(end);
  }
  EXPECT_EQ(ends.size(), 4u) << "each way to end came up";
}

}  // namespace
}  // namespace henge::handoff
