// Probes and rumours on the wire: from one node's links to another's door and back.
#include <algorithm>
#include <cstring>
#include <gtest/gtest.h>

#include "tests/unit/wire/linked_in_memory.h"
#include "tests/unit/wire/messages.h"
#include "wire/convert_replica.h"

namespace henge::wire {
namespace {

using Lines = std::vector<std::string>;

const Claim suspicion{{3}, Standing::suspect, {7, 2}, {1}};
const Claim refutation{{2}, Standing::alive, {5, 1}, {2}};

TEST(PeerGossip, aProbeBearsRumoursThereAndBack) {
  LinkedInMemory at(3);
  const auto peer = at.comeUp();
  at.gossip.toTell = {suspicion};
  at.theirGossip.toTell = {refutation};
  at.links->probe({2}, {5}, at.probes, at.loop.now() + 1_s);
  EXPECT_TRUE(at.probes.lines.empty());
  at.loop.runFor({300});
  at.answer(*peer);
  at.loop.runFor({0});
  EXPECT_EQ(at.probes.lines, (Lines{"#5 n2 answered"}));
  using Heard = std::vector<std::pair<NodeId, Claim>>;
  EXPECT_EQ(at.theirGossip.heard, (Heard{{{1}, suspicion}}));
  EXPECT_EQ(at.gossip.heard, (Heard{{{2}, refutation}}));
  EXPECT_EQ(at.probes.latencies, (std::vector<Duration>{{300}}));
}

TEST(PeerGossip, theLinksOwnPingsBearThemToo) {
  LinkedInMemory at(3);
  const auto peer = at.comeUp();
  at.gossip.toTell = {suspicion};
  at.loop.runFor(260_ms);
  at.answer(*peer);
  at.loop.runFor({0});
  EXPECT_EQ(at.theirGossip.heard.size(), 1U);
  EXPECT_EQ(at.probes.latencies.size(), 1U);
  EXPECT_TRUE(at.probes.lines.empty());
}

TEST(PeerGossip, anotherMemberProbesInThePlaceOfTheAsker) {
  LinkedInMemory at(3);
  const auto peer = at.comeUp();
  for (const bool reached : {true, false}) {
    at.probes.lines.clear();
    at.theirGossip.reached = reached;
    at.theirGossip.held = reached ? Standing::alive : Standing::dead;
    at.links->probeThrough({2}, {3}, {6}, at.probes, at.loop.now() + 100_ms);
    at.loop.runFor({0});
    at.answer(*peer);
    at.loop.runFor({0});
    EXPECT_EQ(at.probes.lines,
              (Lines{reached ? "#6 through n2 reached" : "#6 through n2 not reached"}));
    EXPECT_EQ(at.theirGossip.relayed.back(),
              (std::pair<NodeId, MonoTime>{{3}, at.loop.now() + 80_ms}));
    // What it holds of the member comes with it.
    EXPECT_EQ(at.gossip.heard.back().second, at.theirGossip.heldOf({3}));
  }
}

// Neither is in time, and each bears a refutation: thrown away, the member would be suspected again
// and again, and found dead while it answers everything.
TEST(PeerGossip, aLateAnswerToAProbeBearsItsRumoursAllTheSame) {
  LinkedInMemory at(3);
  const auto peer = at.comeUp();
  at.links->probe({2}, {5}, at.probes, at.loop.now() + 100_ms);
  at.links->probeThrough({2}, {3}, {6}, at.probes, at.loop.now() + 100_ms);
  at.loop.runFor(200_ms);
  EXPECT_EQ(at.probes.lines, (Lines{"#5 n2 did not answer", "#6 through n2 no answer"}));
  at.theirGossip.toTell = {refutation};
  at.answer(*peer);
  EXPECT_EQ(std::ranges::count(at.gossip.heard, std::pair<NodeId, Claim>{{2}, refutation}), 2);
  EXPECT_EQ(at.probes.latencies, (std::vector<Duration>{200_ms})) << "of the ping";
  EXPECT_EQ(at.probes.lines.size(), 2U) << "and nobody is told twice";
}

// The relay's word must be on its way before the asker gives up, or it is heard as silence, which
// the asker takes to be its own fault.
TEST(PeerGossip, aRelaysNotReachedComesInTime) {
  LinkedInMemory at(3);
  const auto peer = at.comeUp();
  at.theirGossip.relays = false;
  at.links->probeThrough({2}, {3}, {6}, at.probes, at.loop.now() + 100_ms);
  at.loop.runFor(5_ms);
  at.hear(*peer);
  ASSERT_EQ(at.theirGossip.askers.size(), 1U);
  const auto [op, asker] = at.theirGossip.askers.front();
  at.loop.runFor(at.theirGossip.relayed.front().second - at.loop.now());
  asker->onRelayed(op, false);  // the relay has waited to its end
  at.loop.runFor(5_ms);
  at.tell(*peer);
  EXPECT_EQ(at.probes.lines, (Lines{"#6 through n2 not reached"}));
}

TEST(PeerGossip, withoutALinkAProbeIsAnsweredButNotInsideTheCall) {
  LinkedInMemory at(3);
  at.links->probe({2}, {5}, at.probes, at.loop.now() + 1_s);
  at.links->probeThrough({2}, {3}, {6}, at.probes, at.loop.now() + 1_s);
  EXPECT_TRUE(at.probes.lines.empty());
  EXPECT_FALSE(at.links->canProbe({2}));
  at.loop.runFor({0});
  EXPECT_EQ(at.probes.lines, (Lines{"#5 n2 did not answer", "#6 through n2 no answer"}));
}

TEST(PeerGossip, whenTheLinkGoesItsProbesAreAnswered) {
  LinkedInMemory at(3);
  const auto peer = at.comeUp();
  at.links->probe({2}, {5}, at.probes, at.loop.now() + 1_s);
  at.links->probeThrough({2}, {3}, {6}, at.probes, at.loop.now() + 2_s);
  peer->ended = true;
  peer->tellReadable();
  at.loop.runFor({0});
  EXPECT_EQ(at.probes.lines, (Lines{"#5 n2 did not answer", "#6 through n2 no answer"}));
}

TEST(PeerGossip, inSilenceTheyAreAnsweredAtTheirDeadline) {
  LinkedInMemory at(3);
  at.comeUp();
  at.links->probe({2}, {5}, at.probes, at.loop.now() + 100_ms);
  at.loop.runFor(90_ms);
  EXPECT_TRUE(at.probes.lines.empty());
  at.loop.runFor(20_ms);
  EXPECT_EQ(at.probes.lines, (Lines{"#5 n2 did not answer"}));
  EXPECT_TRUE(at.links->isUp({2}));
}

// Requests at their limit are refused; a probe among them is not.
TEST(PeerGossip, aFullLinkIsProbedAllTheSame) {
  LinkedInMemory at(3);
  const auto peer = at.comeUp();
  SeenReplies seen;
  at.theirReplica.answersAtOnce = false;
  for (std::uint64_t op = 1; op <= 5000; ++op) {
    at.links->fetch({2}, {op}, seen, {"k", true, at.loop.now() + 60_s, 1});
  }
  EXPECT_EQ(at.links->inFlight({2}), PeerLinksOptions().requestsInFlightMax);
  at.links->probe({2}, {5}, at.probes, at.loop.now() + 1_s);
  at.loop.runFor({0});
  // Before those that have not begun to leave: it is the first that the peer reads.
  const BytesView first = BytesView(peer->sent).substr(4, lengthOf(peer->sent));
  EXPECT_NE(first.find("ping"), BytesView::npos);
  EXPECT_EQ(seen.fetched.size(), 5000U - 4096U);
}

TEST(PeerGossip, whatCannotBeUnderstoodIsLeftOut) {
  std::vector<thrift::Claim> claims = toThrift({suspicion, refutation});
  ASSERT_EQ(claims.size(), 2U);
  EXPECT_EQ(toCore(claims), (std::vector<Claim>{suspicion, refutation}));
  const int later = 4;  // a standing of a later release
  std::memcpy(&claims[0].standing, &later, sizeof later);
  EXPECT_EQ(toCore(claims), (std::vector<Claim>{refutation}));
  claims[1].__isset.refuted = false;
  EXPECT_TRUE(toCore(claims).empty());
}

TEST(PeerGossip, aMessageBearsOnlySoMany) {
  const std::vector<Claim> many(1000, suspicion);
  EXPECT_EQ(toThrift(many).size(), claimsMax);
  std::vector<thrift::Claim> sent;
  for (int i = 0; i < 20; ++i) {
    const auto some = toThrift(many);
    sent.insert(sent.end(), some.begin(), some.end());
  }
  EXPECT_EQ(toCore(sent).size(), claimsMax);
}

}  // namespace
}  // namespace henge::wire
