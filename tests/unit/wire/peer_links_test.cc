#include "wire/peer_links.h"

#include <gtest/gtest.h>

#include "tests/unit/wire/peers.h"

namespace henge::wire {
namespace {

TEST(PeerLinks, greetEachOtherAndComeUp) {
  TestLoop loop;
  Peer peer(loop);
  peer.peerEvents.verdict = {true, "its directory is new"};
  Linked node(loop, peer.port());
  ASSERT_TRUE(node.comesUp());
  EXPECT_TRUE(node.peerEvents.up.contains({2}));
  ASSERT_EQ(node.peerEvents.answered.size(), 1U);
  EXPECT_EQ(node.peerEvents.answered[0].first.node, NodeId{2});
  EXPECT_EQ(node.peerEvents.answered[0].first.directory, DirectoryId{0xd002});
  EXPECT_TRUE(node.peerEvents.answered[0].second.youRebuild);
  EXPECT_EQ(node.peerEvents.answered[0].second.reason, "its directory is new");
  ASSERT_EQ(peer.peerEvents.heard.size(), 1U);
  EXPECT_EQ(peer.peerEvents.heard[0].node, NodeId{1});
  EXPECT_EQ(peer.peerEvents.heard[0].incarnation, (Incarnation{3, 0xabc1}));
  EXPECT_TRUE(node.events.mentions("is up"));
}

TEST(PeerLinks, matchAnswersThatOvertakeToTheirRequests) {
  TestLoop loop;
  Peer peer(loop);
  Linked node(loop, peer.port());
  ASSERT_TRUE(node.comesUp());
  for (std::uint64_t op = 1; op <= 200; ++op) node.apply(op, "k" + std::to_string(op));
  ASSERT_TRUE(loop.runUntil([&] { return peer.replica.applies.size() == 200; }));
  EXPECT_EQ(node.links.inFlight({2}), 200U);
  while (!peer.replica.applies.empty()) {  // the last first, and each outcome by its key
    const auto apply = peer.replica.applies.back();
    peer.replica.applies.pop_back();
    const bool isEven = (apply.request.record.key.back() - '0') % 2 == 0;
    peer.replica.answer(apply, isEven ? ApplyOutcome::applied : ApplyOutcome::superseded);
  }
  ASSERT_TRUE(loop.runUntil([&] { return node.seen.applied.size() == 200; }));
  EXPECT_EQ(node.seen.applied[0].op, OpId{200});
  for (const auto& applied : node.seen.applied) {
    EXPECT_EQ(applied.from, NodeId{2});
    EXPECT_EQ(applied.reply.outcome,
              applied.op.value % 2 == 0 ? ApplyOutcome::applied : ApplyOutcome::superseded);
  }
  EXPECT_EQ(node.links.inFlight({2}), 0U);
}

TEST(PeerLinks, carryRecordsBothWays) {
  TestLoop loop;
  Peer peer(loop);
  Linked node(loop, peer.port());
  ASSERT_TRUE(node.comesUp());
  ApplyRequest request = node.applyOf(Bytes("\0\xff", 2), 500_ms);
  request.source = Source::readRepair;
  request.dispatchedAtMicros = 77;
  request.record.extensions[5] = "five";
  const Record record = request.record;
  node.links.apply({2}, {1}, node.seen, request);
  node.links.fetch({2}, {2}, node.seen, node.fetchOf("wanted"));
  ASSERT_TRUE(loop.runUntil([&] { return peer.replica.fetches.size() == 1; }));
  const ApplyRequest& got = peer.replica.applies.at(0).request;
  EXPECT_EQ(got.record, record);
  EXPECT_EQ(got.record.extensions, record.extensions);
  EXPECT_EQ(got.source, Source::readRepair);
  EXPECT_EQ(got.dispatchedAtMicros, 77);
  EXPECT_GT(got.deadline, loop.now());
  EXPECT_EQ(peer.replica.fetches[0].request.key, "wanted");
  FetchReply reply;
  reply.outcome = FetchOutcome::held;
  reply.record = recordOf("wanted", "found");
  reply.digest = 99;
  peer.replica.answer(peer.replica.fetches[0], reply);
  ASSERT_TRUE(loop.runUntil([&] { return node.seen.fetched.size() == 1; }));
  EXPECT_EQ(node.seen.fetched[0].reply.record, reply.record);
  EXPECT_EQ(node.seen.fetched[0].reply.digest, 99U);
}

TEST(PeerLinks, sendWhatARoundAsksInOneWrite) {
  TestLoop loop;
  Peer peer(loop);
  Linked node(loop, peer.port());
  ASSERT_TRUE(node.comesUp());
  const std::uint64_t before = node.links.counters().writes;
  for (std::uint64_t op = 1; op <= 500; ++op) node.apply(op, "k");
  EXPECT_EQ(node.links.counters().writes, before);
  ASSERT_TRUE(loop.runUntil([&] { return peer.replica.applies.size() == 500; }));
  EXPECT_EQ(node.links.counters().writes, before + 1);
  const std::uint64_t answers = peer.listener->counters().writes;
  for (const auto& apply : peer.replica.applies) {
    peer.replica.answer(apply, ApplyOutcome::applied);
  }
  ASSERT_TRUE(loop.runUntil([&] { return node.seen.applied.size() == 500; }));
  EXPECT_EQ(peer.listener->counters().writes, answers + 1);
}

TEST(PeerLinks, joinWhatIsAskedWhileTheKernelTakesNoMore) {
  TestLoop loop;
  TestLoop frozen;  // the peer's loop does not run: it reads nothing
  Peer peer(frozen);
  Linked node(loop, peer.port());
  ASSERT_TRUE(loop.runUntil([&] {
    frozen.runRounds(1);
    return node.links.isUp({2});
  }));
  for (std::uint64_t op = 1; op <= 8; ++op) {
    ApplyRequest request = node.applyOf("k");
    request.record.value = Bytes(2 << 20, 'v');
    node.links.apply({2}, {op}, node.seen, request);
    loop.runRounds(3);
  }
  const std::uint64_t stuck = node.links.counters().writes;
  for (std::uint64_t op = 9; op <= 300; ++op) {
    node.apply(op, "k");
    loop.runRounds(1);
  }
  EXPECT_EQ(node.links.counters().writes, stuck);
  peer.replica.answersAtOnce = true;
  ASSERT_TRUE(loop.runUntil([&] {
    frozen.runRounds(2);
    return node.seen.applied.size() == 300;
  }));
  EXPECT_LT(node.links.counters().writes, stuck + 292);
}

TEST(PeerLinks, learnFromAnswers) {
  TestLoop loop;
  Peer peer(loop);
  peer.replica.answersAtOnce = true;
  peer.stamps.highest = loop.wall().micros + 3'600'000'000;
  Linked node(loop, peer.port());
  ASSERT_TRUE(node.comesUp());
  peer.self.mine().syncedTo = {8, 512};
  node.apply(1, "k");
  ASSERT_TRUE(loop.runUntil([&] { return node.seen.applied.size() == 1; }));
  EXPECT_EQ(node.peerEvents.synced[{2}], (LogPosition{8, 512}));
  EXPECT_GE(node.stamps.highest, peer.stamps.highest);
  EXPECT_GT(node.stamps.clocks[{2}], WallTime{});
}

TEST(PeerLinks, stayUpWhenThereIsNothingToSay) {
  TestLoop loop;
  Peer peer(loop);
  PeerLinksOptions options = Linked::optionsTo(peer.port());
  options.pingAfter = 5_ms;
  Linked node(loop, options);
  ASSERT_TRUE(node.comesUp());
  const std::uint64_t before = node.links.counters().framesIn;
  ASSERT_TRUE(loop.runUntil([&] { return node.links.counters().framesIn >= before + 10; }));
  EXPECT_TRUE(node.links.isUp({2}));
  EXPECT_TRUE(node.peerEvents.downs.empty());
}

TEST(PeerLinks, dialByName) {
  TestLoop loop;
  Peer peer(loop);
  PeerLinksOptions options = Linked::optionsTo(peer.port());
  Cluster cluster = *options.cluster;
  cluster.members[1].peer.host = "localhost";
  options.cluster = shared(cluster);
  options.connectDeadline = 15_s;
  Linked node(loop, options);
  EXPECT_TRUE(node.comesUp());
}

}  // namespace
}  // namespace henge::wire
