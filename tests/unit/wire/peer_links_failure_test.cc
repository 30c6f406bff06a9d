// What links answer when peers refuse, vanish, hang or talk nonsense.
#include <gtest/gtest.h>

#include "tests/unit/wire/peers.h"
#include "tests/unit/wire/raw_server.h"

namespace henge::wire {
namespace {

using Applied = SeenReplies::Applied;

void expectUnreachable(const Applied& applied, bool sent, const std::string& why) {
  EXPECT_EQ(applied.reply.outcome, ApplyOutcome::unreachable);
  EXPECT_EQ(applied.reply.sent, sent);
  EXPECT_NE(applied.reply.message.find(why), std::string::npos) << applied.reply.message;
}

TEST(PeerLinksFailure, aLinkThatIsDownAnswersButNeverInsideTheCall) {
  TestLoop loop;
  const std::uint16_t nobody = Peer(loop).port();  // closed again
  Linked node(loop, nobody);
  node.apply(1, "k");
  EXPECT_TRUE(node.seen.applied.empty());
  ASSERT_TRUE(loop.runUntil([&] { return node.seen.applied.size() == 1; }));
  expectUnreachable(node.seen.applied[0], false, "link to n2 is down");
  ASSERT_TRUE(loop.runUntil([&] { return !node.peerEvents.downs.empty(); }));
  EXPECT_EQ(node.peerEvents.downs[0].second, "connection refused");
  node.links.fetch({2}, {2}, node.seen, node.fetchOf("k"));
  ASSERT_TRUE(loop.runUntil([&] { return node.seen.fetched.size() == 1; }));
  EXPECT_EQ(node.seen.fetched[0].reply.outcome, FetchOutcome::unreachable);
}

TEST(PeerLinksFailure, requestsInFlightAreAnsweredAtOnceWhenTheConnectionDrops) {
  TestLoop loop;
  Peer peer(loop);
  Linked node(loop, peer.port());
  ASSERT_TRUE(node.comesUp());
  node.apply(1, "k");
  node.links.fetch({2}, {2}, node.seen, node.fetchOf("k"));
  ASSERT_TRUE(loop.runUntil([&] { return peer.replica.fetches.size() == 1; }));
  peer.kill();
  ASSERT_TRUE(loop.runUntil([&] { return node.seen.fetched.size() == 1; }));
  ASSERT_EQ(node.seen.applied.size(), 1U);
  expectUnreachable(node.seen.applied[0], true, "link to n2 went down");
  EXPECT_FALSE(node.links.isUp({2}));
  EXPECT_FALSE(node.peerEvents.up.contains({2}));
}

TEST(PeerLinksFailure, whatNeverLeftIsToldApart) {
  TestLoop loop;
  Peer peer(loop);
  Linked node(loop, peer.port());
  ASSERT_TRUE(node.comesUp());
  node.apply(1, "sent");
  ASSERT_TRUE(loop.runUntil([&] { return peer.replica.applies.size() == 1; }));
  node.apply(2, "still in the queue");
  node.links.stop();
  ASSERT_EQ(node.seen.applied.size(), 2U);
  expectUnreachable(node.seen.applied[0], true, "");
  expectUnreachable(node.seen.applied[1], false, "");
}

TEST(PeerLinksFailure, aPeerThatComesBackIsFoundAgain) {
  TestLoop loop;
  Peer peer(loop);
  peer.replica.answersAtOnce = true;
  Linked node(loop, peer.port());
  const std::uint16_t port = peer.port();
  for (std::uint64_t life = 1; life <= 3; ++life) {
    ASSERT_TRUE(node.comesUp());
    node.apply(life, "k");
    ASSERT_TRUE(loop.runUntil([&] { return node.seen.applied.size() == life; }));
    EXPECT_EQ(node.seen.applied.back().reply.outcome, ApplyOutcome::applied);
    peer.kill();
    ASSERT_TRUE(loop.runUntil([&] { return !node.links.isUp({2}); }));
    peer.start(port);
    ASSERT_TRUE(peer.status.ok());
  }
  EXPECT_EQ(node.links.counters().connections, 3U);
}

// A peer that takes every hello and breaks every link.
TEST(PeerLinksFailure, aLinkThatNeverLastsIsDialledEverMoreSlowly) {
  TestLoop loop;
  Peer peer(loop);
  const std::uint16_t port = peer.port();
  PeerLinksOptions options = Linked::optionsTo(port);
  options.backoffMin = 1_ms;
  options.backoffMax = 3600_s;
  Linked node(loop, options);
  MonoTime lastKill;
  for (int life = 0; life < 8; ++life) {
    ASSERT_TRUE(node.comesUp());
    lastKill = loop.now();
    peer.kill();
    ASSERT_TRUE(loop.runUntil([&] { return !node.links.isUp({2}); }));
    peer.start(port);
  }
  ASSERT_TRUE(node.comesUp());
  EXPECT_GE(loop.now() - lastKill, 64_ms);  // half of 1 ms, doubled seven times: never less
}

TEST(PeerLinksFailure, hurryEndsARest) {
  TestLoop loop;
  Peer peer(loop);
  const std::uint16_t port = peer.port();
  peer.kill();
  PeerLinksOptions options = Linked::optionsTo(port);
  options.backoffMin = 3600_s;
  options.backoffMax = 3600_s;
  Linked node(loop, options);
  ASSERT_TRUE(loop.runUntil([&] { return !node.peerEvents.downs.empty(); }));
  peer.start(port);
  loop.runRounds(20);
  EXPECT_FALSE(node.links.isUp({2}));
  node.links.hurry({2});
  EXPECT_TRUE(node.comesUp());
}

TEST(PeerLinksFailure, aRefusedHelloIsToldOnceByNameAndTriedAgain) {
  TestLoop loop;
  Peer peer(loop);
  peer.self.mine().ringHash = 0x9999;
  PeerLinksOptions options = Linked::optionsTo(peer.port());
  options.refusedRetry = 5_ms;
  Linked node(loop, options);
  ASSERT_TRUE(loop.runUntil([&] { return node.links.counters().refused >= 3; }));
  ASSERT_EQ(node.events.lines.size(), 1U);
  EXPECT_TRUE(node.events.mentions("hello refused: ring"));
  EXPECT_TRUE(peer.events.mentions("refused the hello of n1"));
  ASSERT_EQ(node.peerEvents.downs.size(), 1U);
  EXPECT_NE(node.peerEvents.downs[0].second.find("ring"), std::string::npos);
  node.apply(1, "k");
  ASSERT_TRUE(loop.runUntil([&] { return node.seen.applied.size() == 1; }));
  expectUnreachable(node.seen.applied[0], false, "hello refused");
  peer.self.mine().ringHash = node.self.hello().ringHash;  // the file is put right
  EXPECT_TRUE(node.comesUp());
}

TEST(PeerLinksFailure, anotherNodeAtThePeersAddressIsRefusedByName) {
  TestLoop loop;
  Peer peer(loop);
  peer.self.mine().node = {3};
  Linked node(loop, peer.port());
  ASSERT_TRUE(loop.runUntil([&] { return node.links.counters().refused == 1; }));
  EXPECT_TRUE(node.events.mentions("is answered by n3"));
  EXPECT_TRUE(node.peerEvents.answered.empty());
}

TEST(PeerLinksFailure, silenceAtTheDeadlineIsUnreachableAndALateAnswerOfAnApplyIsTold) {
  TestLoop loop;
  Peer peer(loop);
  Linked node(loop, peer.port());
  ASSERT_TRUE(node.comesUp());
  node.apply(1, "slow", 30_ms);
  node.apply(2, "slower", 3600_s);
  ASSERT_TRUE(loop.runUntil([&] { return node.seen.applied.size() == 1; }));
  EXPECT_EQ(node.seen.applied[0].op, OpId{1});
  expectUnreachable(node.seen.applied[0], true, "n2 did not answer in time");
  ASSERT_TRUE(loop.runUntil([&] { return peer.replica.applies.size() == 2; }));
  for (const auto& apply : peer.replica.applies) {
    peer.replica.answer(apply, ApplyOutcome::applied);
  }
  ASSERT_TRUE(loop.runUntil([&] { return node.seen.applied.size() == 3; }));
  EXPECT_EQ(node.seen.applied[1].op, OpId{1}) << "once more, late";
  EXPECT_EQ(node.seen.applied[1].reply.outcome, ApplyOutcome::applied);
  EXPECT_EQ(node.seen.applied[2].op, OpId{2});
  EXPECT_TRUE(node.links.isUp({2}));
}

TEST(PeerLinksFailure, aPassedDeadlineIsNotSent) {
  TestLoop loop;
  Peer peer(loop);
  Linked node(loop, peer.port());
  ASSERT_TRUE(node.comesUp());
  node.apply(1, "k", Duration{-1});
  ASSERT_TRUE(loop.runUntil([&] { return node.seen.applied.size() == 1; }));
  expectUnreachable(node.seen.applied[0], false, "deadline");
  EXPECT_TRUE(peer.replica.applies.empty());
}

void expectOverloaded(const Applied& applied, const std::string& why) {
  EXPECT_EQ(applied.reply.outcome, ApplyOutcome::refused);
  EXPECT_EQ(applied.reply.refusal, Refusal::overloaded);
  EXPECT_EQ(applied.reply.message, why);
}

TEST(PeerLinksFailure, atItsLimitOfRequestsALinkRefusesAtOnce) {
  TestLoop loop;
  Peer peer(loop);
  PeerLinksOptions options = Linked::optionsTo(peer.port());
  options.requestsInFlightMax = 3;
  Linked node(loop, options);
  ASSERT_TRUE(node.comesUp());
  for (std::uint64_t op = 1; op <= 4; ++op) node.apply(op, "k");
  ASSERT_TRUE(loop.runUntil([&] { return node.seen.applied.size() == 1; }));
  EXPECT_EQ(node.seen.applied[0].op, OpId{4});
  expectOverloaded(node.seen.applied[0],
                   "overloaded: in flight to n2 are 3 requests of 537 bytes (peer_requests_max 3)");
  node.links.fetch({2}, {9}, node.seen, node.fetchOf("k"));
  ASSERT_TRUE(loop.runUntil([&] { return node.seen.fetched.size() == 1; }));
  EXPECT_EQ(node.seen.fetched[0].reply.outcome, FetchOutcome::refused);
  EXPECT_EQ(node.seen.fetched[0].reply.refusal, Refusal::overloaded);
  ASSERT_TRUE(loop.runUntil([&] { return peer.replica.applies.size() == 3; }));
  peer.replica.answer(peer.replica.applies[0], ApplyOutcome::applied);
  ASSERT_TRUE(loop.runUntil([&] { return node.seen.applied.size() == 2; }));
  node.apply(5, "k");
  EXPECT_TRUE(loop.runUntil([&] { return peer.replica.applies.size() == 4; }));
}

TEST(PeerLinksFailure, atItsLimitOfBytesToo) {
  TestLoop loop;
  Peer peer(loop);
  PeerLinksOptions options = Linked::optionsTo(peer.port());
  options.frameBytesMax = 100'000;
  options.bytesInFlightMax = 100'000;
  Linked node(loop, options);
  ASSERT_TRUE(node.comesUp());
  for (std::uint64_t op = 1; op <= 2; ++op) {
    ApplyRequest request = node.applyOf("k");
    request.record.value = Bytes(60'000, 'v');
    node.links.apply({2}, {op}, node.seen, request);
  }
  ASSERT_TRUE(loop.runUntil([&] { return node.seen.applied.size() == 1; }));
  expectOverloaded(
      node.seen.applied[0],
      "overloaded: in flight to n2 are 1 requests of 60169 bytes (peer_bytes_max 100000)");
}

// Whoever sends it again would do so for ever.
TEST(PeerLinksFailure, whatIsTooLargeForEitherEndIsRefusedForGood) {
  TestLoop loop;
  Peer peer(loop);
  peer.self.mine().valueBytesMax = 10'000;
  PeerLinksOptions options = Linked::optionsTo(peer.port());
  options.frameBytesMax = 100'000;
  Linked node(loop, options);
  node.self.mine().valueBytesMax = 50'000;
  ASSERT_TRUE(node.comesUp());
  for (const std::size_t bytes : {59'000u, 61'000u, 110'000u}) {
    ApplyRequest request = node.applyOf("k");
    request.record.value = Bytes(bytes, 'v');
    node.links.apply({2}, {bytes}, node.seen, request);
  }
  ASSERT_TRUE(loop.runUntil([&] { return node.seen.applied.size() == 2; }));
  for (const auto& seen : node.seen.applied) {
    EXPECT_EQ(seen.reply.outcome, ApplyOutcome::refused);
    EXPECT_EQ(seen.reply.refusal, Refusal::invalid);
  }
  ASSERT_TRUE(loop.runUntil([&] { return peer.replica.applies.size() == 1; }));
}

TEST(PeerLinksFailure, aPeerThatHangsIsNoticedBySilence) {
  TestLoop loop;
  TestLoop frozen;
  Peer peer(frozen);
  PeerLinksOptions options = Linked::optionsTo(peer.port());
  options.pingAfter = 20_ms;
  options.silenceMax = 100_ms;
  options.connectDeadline = 3600_s;
  Linked node(loop, options);
  ASSERT_TRUE(loop.runUntil([&] {
    frozen.runRounds(1);
    return node.links.isUp({2});
  }));
  node.apply(1, "k");
  ASSERT_TRUE(loop.runUntil([&] { return node.seen.applied.size() == 1; }));
  expectUnreachable(node.seen.applied[0], true, "silent for");
  EXPECT_FALSE(node.links.isUp({2}));
}

TEST(PeerLinksFailure, aPauseOfThisProcessIsNotThePeersSilence) {
  TestLoop loop;
  Peer peer(loop);
  PeerLinksOptions options = Linked::optionsTo(peer.port());
  options.pingAfter = 250_ms;
  options.silenceMax = 1_s;
  Linked node(loop, options);
  ASSERT_TRUE(node.comesUp());
  for (int pause = 0; pause < 5; ++pause) {
    loop.advance(30_s);
    const std::uint64_t before = node.links.counters().framesIn;
    ASSERT_TRUE(loop.runUntil([&] { return node.links.counters().framesIn > before; }));
  }
  EXPECT_TRUE(node.links.isUp({2}));
  EXPECT_TRUE(node.peerEvents.downs.empty());
}

TEST(PeerLinksFailure, anExceptionLeavesAWriteOpen) {
  TestLoop loop;
  Peer peer(loop);
  Linked node(loop, peer.port());
  ASSERT_TRUE(node.comesUp());
  peer.door->onClosed({1});  // it forgets the hello, and refuses what follows
  node.apply(1, "k");
  node.links.fetch({2}, {2}, node.seen, node.fetchOf("k"));
  ASSERT_TRUE(loop.runUntil([&] { return node.seen.fetched.size() == 1; }));
  EXPECT_EQ(node.seen.applied.at(0).reply.outcome, ApplyOutcome::failed);
  EXPECT_EQ(node.seen.fetched[0].reply.outcome, FetchOutcome::refused);
}

TEST(PeerLinksFailure, nonsenseInsteadOfAHelloBreaksTheLinkByName) {
  RawServer nonsense([](RawServer::Connection& connection) {
    connection.receive();
    connection.send(Bytes("\0\0\0\4nope", 8));
  });
  TestLoop loop;
  Linked node(loop, nonsense.port());
  ASSERT_TRUE(loop.runUntil([&] { return !node.peerEvents.downs.empty(); }));
  EXPECT_NE(node.peerEvents.downs[0].second.find("6e6f7065"), std::string::npos);
}

TEST(PeerLinksFailure, whoeverNeverAnswersTheHelloIsGivenUp) {
  RawServer silent([](RawServer::Connection& connection) { connection.receiveUntilEnd(); });
  TestLoop loop;
  PeerLinksOptions options = Linked::optionsTo(silent.port());
  options.connectDeadline = 30_ms;
  Linked node(loop, options);
  ASSERT_TRUE(loop.runUntil([&] { return !node.peerEvents.downs.empty(); }));
  EXPECT_EQ(node.peerEvents.downs[0].second, "no answer in time");
}

}  // namespace
}  // namespace henge::wire
