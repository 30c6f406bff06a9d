#include "server/membership/detector.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <limits>
#include <rapidcheck/gtest.h>
#include <sstream>

#include "tests/golden/script_runner.h"
#include "tests/unit/membership/detecting.h"

namespace henge::membership {
namespace {

NodeId nodeIn(const std::string& word) {
  return {static_cast<std::uint32_t>(std::stoul(word.substr(1)))};
}

// "n2 suspect 1.0 by n3"
Claim claimIn(const std::string& line) {
  std::istringstream words(line);
  std::string about, standing, incarnation, word, by;
  words >> about >> standing >> incarnation >> word >> by;
  Claim claim;
  claim.about = nodeIn(about);
  claim.standing = standing == "dead"      ? Standing::dead
                   : standing == "suspect" ? Standing::suspect
                                           : Standing::alive;
  const auto dot = incarnation.find('.');
  claim.incarnation = {std::stoul(incarnation.substr(0, dot)),
                       std::stoul(incarnation.substr(dot + 1))};
  claim.by = by.empty() ? claim.about : nodeIn(by);
  return claim;
}

std::vector<Claim> claimsIn(const std::vector<std::string>& lines) {
  std::vector<Claim> claims;
  claims.reserve(lines.size());
  for (const std::string& line : lines) claims.push_back(claimIn(line));
  return claims;
}

std::string linesOf(const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) text += (text.empty() ? "" : "\n") + line;
  return text;
}

PeerHello helloOf(const golden::Command& command) {
  PeerHello hello;
  hello.node = command.nodes("node").at(0);
  hello.incarnation.boot = static_cast<std::uint64_t>(command.number("boot"));
  if (command.text("swim", "yes") == "yes") hello.features = {ports::gossips};
  return hello;
}

// One script's world; each command prints what happened.
class Told {
 public:
  std::string tell(const golden::Command& command) {
    const std::string& name = command.name();
    if (name == "members") {
      at_ = std::make_unique<Detecting>(static_cast<std::uint32_t>(command.number("n")));
      return "";
    }
    if (name == "health") return std::to_string(at_->detector->localHealth());
    if (name == "tell") return told(command.nodes("to").at(0));
    act(command);
    return linesOf(at_->members.takeSaid());
  }

 private:
  void act(const golden::Command& command) {
    const std::string& name = command.name();
    Detecting& at = *at_;
    const Duration time{command.number("ms") * 1000};
    if (name == "run") at.loop.runFor(time);
    if (name == "answering") at.members.answering = setOf(command);
    if (name == "linked") at.members.linked = setOf(command);
    if (name == "lost") at.detector->onLinkLost(command.nodes("node").at(0));
    if (name == "up") at.detector->onLinkUp(command.nodes("node").at(0));
    if (name == "hello") at.detector->onHello(helloOf(command));
    if (name == "hear") at.detector->onClaims({1}, claimsIn(command.lines));
    if (name == "relay") {
      at.detector->relay({77}, at.members, command.nodes("node").at(0), at.loop.now() + time);
    }
    if (name == "still") {
      at.timers.hold();
      at.loop.runFor(time);
      at.timers.release();
      at.loop.runFor({0});
    }
  }

  std::string told(NodeId to) {
    std::vector<std::string> lines;
    for (const Claim& claim : at_->detector->claimsFor(to)) lines.push_back(toString(claim));
    return lines.empty() ? "nothing" : linesOf(lines);
  }

  static std::set<NodeId> setOf(const golden::Command& command) {
    const std::vector<NodeId> nodes = command.nodes("nodes");
    return {nodes.begin(), nodes.end()};
  }

  std::unique_ptr<Detecting> at_;
};

TEST(Detector, script) {
  Told told;
  golden::runScript("detector.txt",
                    [&](const golden::Command& command) { return told.tell(command); });
}

// Whatever was heard, and in whatever order: a later word of the member itself ends it.
RC_GTEST_PROP(Detector, aRefutationAlwaysWins, ()) {
  const auto standings = *rc::gen::container<std::vector<int>>(rc::gen::inRange(1, 4));
  Detecting at(5);
  std::uint64_t worst = 0;
  for (const int standing : standings) {
    const auto refuted = *rc::gen::inRange<std::uint64_t>(0, 4);
    worst = std::max(worst, refuted);
    const auto by = *rc::gen::inRange<std::uint32_t>(1, 5);
    at.detector->onClaims({by}, {{{2}, static_cast<Standing>(standing), {1, refuted}, {by}}});
    at.loop.runFor(50_ms);
  }
  at.detector->onClaims({1}, {{{2}, Standing::alive, {1, worst + 1}, {2}}});
  RC_ASSERT(at.detector->heldOf({2}).standing == Standing::alive);
  // No copy of what was said before changes that.
  for (const int standing : standings) {
    at.detector->onClaims({3}, {{{2}, static_cast<Standing>(standing), {1, worst}, {3}}});
  }
  RC_ASSERT(at.detector->heldOf({2}).standing == Standing::alive);
  RC_ASSERT(at.detector->heldOf({2}).incarnation == (SwimIncarnation{1, worst + 1}));
}

// Two that have heard the same believe the same, where neither reaches the member itself.
RC_GTEST_PROP(Detector, theOrderOfRumoursDoesNotMatter, ()) {
  std::vector<Claim> claims;
  const int count = *rc::gen::inRange(1, 12);
  for (int i = 0; i < count; ++i) {
    claims.push_back(
        {{2},
         static_cast<Standing>(*rc::gen::inRange(1, 4)),
         {*rc::gen::inRange<std::uint64_t>(1, 3), *rc::gen::inRange<std::uint64_t>(0, 3)},
         {*rc::gen::inRange<std::uint32_t>(3, 6)}});
  }
  std::vector<Claim> shuffled = claims;
  for (std::size_t i = shuffled.size(); i > 1; --i) {
    std::swap(shuffled[i - 1], shuffled[*rc::gen::inRange<std::size_t>(0, i)]);
  }
  Detecting one(6), other(6);
  for (Detecting* at : {&one, &other}) at->members.linked.erase({2});
  one.detector->onClaims({1}, claims);
  other.detector->onClaims({1}, shuffled);
  const Claim a = one.detector->heldOf({2}), b = other.detector->heldOf({2});
  RC_ASSERT(a.standing == b.standing);
  RC_ASSERT(a.incarnation == b.incarnation);
}

// A thousand members or ten: one question a period.
TEST(Detector, asksOneMemberAPeriodHoweverManyThereAre) {
  for (const std::uint32_t count : {10U, 1000U}) {
    Detecting at(count);
    at.loop.runFor(20_s);
    EXPECT_LE(at.detector->counters().probes, 100U) << count;
    EXPECT_GE(at.detector->counters().probes, 98U) << count;
    EXPECT_EQ(at.detector->counters().suspicions, 0U) << count;
  }
}

TEST(Detector, relaysOnlySoManyAtOnce) {
  Detecting at(3);
  at.members.answering.clear();
  for (std::uint64_t op = 1; op <= Detector::relayedMax; ++op) {
    at.detector->relay({op}, at.members, {2}, at.loop.now() + 1_s);
  }
  (void)at.members.takeSaid();
  at.detector->relay({77}, at.members, {2}, at.loop.now() + 1_s);
  EXPECT_EQ(at.members.takeSaid(), std::vector<std::string>{"+0 answers op 77: not reached"});
}

TEST(Detector, aMessageBearsOnlySoManyClaims) {
  Detecting at(40);
  std::vector<Claim> claims;
  claims.reserve(39);
  for (std::uint32_t node = 1; node < 40; ++node) {
    claims.push_back({{node}, Standing::suspect, {1, 0}, {node == 1 ? 2U : 1U}});
  }
  at.detector->onClaims({1}, claims);
  // Beside the one about the receiver.
  EXPECT_EQ(at.detector->claimsFor({30}).size(), Detector::claimsPerMessageMax + 1);
}

// A suspicion that confirmations end at once ends in the past; no timer was late for that.
TEST(Detector, whatIsDueAtOnceIsNotLate) {
  Detecting at(5);
  at.detector->onClaims({1}, {{{3}, Standing::suspect, {1, 0}, {1}}});
  at.loop.runFor(2_s);
  at.detector->onClaims({1}, {{{3}, Standing::suspect, {1, 0}, {2}}});
  at.detector->onClaims({1}, {{{3}, Standing::suspect, {1, 0}, {4}}});
  at.loop.runFor(1_s);
  EXPECT_EQ(at.detector->counters().deaths, 1U);
  EXPECT_EQ(at.detector->counters().heldUp, 0U);
  EXPECT_EQ(at.detector->localHealth(), 0);
}

// It would throw them away, and each counts for one of the times that they are told.
TEST(Detector, whoDoesNotGossipIsToldNothing) {
  Detecting at(5);
  PeerHello old;
  old.node = {4};
  at.detector->onHello(old);
  at.detector->onClaims({1}, {{{3}, Standing::suspect, {1, 0}, {1}}});
  EXPECT_TRUE(at.detector->claimsFor({4}).empty());
  EXPECT_EQ(at.detector->claimsFor({2}).size(), 1U);
}

// What it held of the latest start overrules what others still tell of the earlier ones.
TEST(Detector, aBelatedHelloOfAnOldBuildDoesNotBringAnEarlierStartBack) {
  Detecting at(3);
  PeerHello hello;
  hello.node = {2};
  hello.incarnation.boot = 7;
  hello.features = {ports::gossips};
  at.detector->onHello(hello);
  hello.incarnation.boot = 5;
  hello.features.clear();
  at.detector->onHello(hello);
  EXPECT_EQ(at.detector->heldOf({2}).standing, Standing::alive);
  EXPECT_EQ(at.detector->heldOf({2}).incarnation, (SwimIncarnation{7, 0}));
}

// To those who may still believe what it refuted, and not for ever.
TEST(Detector, saysThatItIsAliveForSomeTimeAfterAnAccusation) {
  const auto saysSo = [](Detecting& at) {
    const auto claims = at.detector->claimsFor({2});
    return std::ranges::count(claims, NodeId{0}, &Claim::about) > 0;
  };
  Detecting at(3);
  EXPECT_FALSE(saysSo(at));
  at.detector->onClaims({1}, {{{0}, Standing::suspect, {1, 0}, {1}}});
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(saysSo(at));
  at.loop.runFor(Detector::refutationTold);
  EXPECT_FALSE(saysSo(at));
  // Somebody who was cut off has not heard of it.
  at.detector->onClaims({1}, {{{0}, Standing::dead, {1, 0}, {1}}});
  EXPECT_TRUE(saysSo(at));
  EXPECT_EQ(at.detector->heldOf({0}).incarnation, (SwimIncarnation{1, 1}));
}

TEST(Detector, whatCannotBeTrueIsNotBelieved) {
  constexpr std::uint64_t last = std::numeric_limits<std::uint64_t>::max();
  Detecting at(3);
  for (const NodeId about : {NodeId{0}, NodeId{2}}) {
    const Claim held = at.detector->heldOf(about);
    at.detector->onClaims({1}, {{about, Standing::suspect, {1, last}, {1}}});
    at.detector->onClaims({1}, {{about, Standing::dead, {1, refutedMax}, {1}}});
    EXPECT_EQ(at.detector->heldOf(about), held);
  }
}

// Without a link of its own a node has found out nothing: it asks others first.
TEST(Detector, aSuspicionIsConfirmedOnlyByWhoHasAsked) {
  Detecting at(5);
  at.members.linked.erase({3});
  at.detector->onClaims({1}, {{{3}, Standing::suspect, {1, 0}, {1}}});
  const auto claims = at.detector->claimsFor({2});
  EXPECT_EQ(claims, (std::vector<Claim>{{{3}, Standing::suspect, {1, 0}, {1}}}));
}

TEST(Detector, stoppedItAsksNobody) {
  Detecting at(3);
  at.detector->stop();
  at.loop.runFor(5_s);
  EXPECT_TRUE(at.members.takeSaid().empty());
}

TEST(Detector, countsByName) {
  Detecting at(3);
  at.loop.runFor(2_s);
  const auto named = at.detector->named();
  EXPECT_EQ(named.size(), 10U);
  EXPECT_EQ(named.at("detector_probes"), static_cast<std::int64_t>(at.detector->counters().probes));
}

}  // namespace
}  // namespace henge::membership
