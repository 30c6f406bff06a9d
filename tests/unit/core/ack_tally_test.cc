#include "core/ack_tally.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <optional>
#include <rapidcheck/gtest.h>
#include <set>

#include "tests/golden/script_runner.h"

namespace henge {
namespace {

std::string nameOf(Verdict verdict) {
  switch (verdict) {
    case Verdict::pending:
      return "pending";
    case Verdict::met:
      return "met";
    case Verdict::impossible:
      return "impossible";
  }
  return "?";
}

std::string shown(const AckTally& tally) {
  return nameOf(tally.verdict()) + " " + std::to_string(tally.acknowledged()) + " of " +
         std::to_string(tally.required()) + " accepted=" + golden::listOf(tally.accepted()) +
         " waiting=" + golden::listOf(tally.waiting());
}

TEST(AckTally, script) {
  std::optional<AckTally> tally;
  golden::runScript("ack_tally.txt", [&](const golden::Command& command) -> std::string {
    if (command.name() == "tally") {
      tally.emplace(command.nodes("contacted"), static_cast<int>(command.number("required")));
      return shown(*tally);
    }
    NodeId node{static_cast<std::uint32_t>(std::stoul(command.words().at(0)))};
    bool counted = true;
    if (command.name() == "accept") counted = tally->accept(node);
    if (command.name() == "reject") counted = tally->reject(node);
    if (command.name() == "contact") tally->contact(node);
    return (counted ? "" : "ignored: ") + shown(*tally);
  });
}

TEST(AckTallyDeathTest, contactingTwiceIsAProgrammingError) {
  AckTally tally({{1}, {2}}, 1);
  tally.accept({1});
  tally.reject({2});
  EXPECT_DEATH(tally.contact({1}), "contains");
  EXPECT_DEATH(tally.contact({2}), "contains");
  EXPECT_DEATH(AckTally({{1}, {1}}, 1), "contains");
  EXPECT_DEATH(AckTally({{1}}, 0), "required");
}

// The stupid twin: sets, and a verdict found by trying every future.
struct Twin {
  std::set<std::uint32_t> contacted, accepted, rejected;
  int required;

  bool isSilent(std::uint32_t node) const {
    return contacted.count(node) && !accepted.count(node) && !rejected.count(node);
  }

  Verdict verdict() const {
    int now = static_cast<int>(accepted.size());
    int best = now;
    for (std::uint32_t node : contacted) best += isSilent(node) ? 1 : 0;
    if (now >= required) return Verdict::met;
    return best >= required ? Verdict::pending : Verdict::impossible;
  }
};

RC_GTEST_PROP(AckTally, countsLikeSets, ()) {
  auto first = *rc::gen::unique<std::vector<std::uint32_t>>(rc::gen::inRange(0u, 8u));
  Twin twin{{first.begin(), first.end()}, {}, {}, *rc::gen::inRange(1, 6)};
  std::vector<NodeId> contacted;
  for (std::uint32_t node : first) contacted.push_back({node});
  AckTally tally(contacted, twin.required);
  auto steps = *rc::gen::container<std::vector<std::pair<int, std::uint32_t>>>(
      rc::gen::pair(rc::gen::inRange(0, 5), rc::gen::inRange(0u, 8u)));
  for (auto [step, node] : steps) {
    bool isSilent = twin.isSilent(node);
    if (step < 2) {
      RC_ASSERT(tally.accept({node}) == isSilent);
      if (isSilent) twin.accepted.insert(node);
    } else if (step < 4) {
      RC_ASSERT(tally.reject({node}) == isSilent);
      if (isSilent) twin.rejected.insert(node);
    } else if (twin.contacted.insert(node).second) {
      tally.contact({node});
    }
    RC_ASSERT(tally.verdict() == twin.verdict());
    RC_ASSERT(tally.acknowledged() == static_cast<int>(twin.accepted.size()));
    std::set<std::uint32_t> waiting;
    for (NodeId silent : tally.waiting()) waiting.insert(silent.value);
    for (std::uint32_t n = 0; n < 8; ++n) RC_ASSERT((waiting.count(n) == 1) == twin.isSilent(n));
  }
}

RC_GTEST_PROP(AckTally, metNeverChangesAgain, ()) {
  AckTally tally({{0}, {1}, {2}, {3}}, *rc::gen::inRange(1, 5));
  bool wasMet = false;
  bool wasImpossible = false;
  for (auto [accepts, node] : *rc::gen::arbitrary<std::vector<std::pair<bool, std::uint8_t>>>()) {
    NodeId who{node % 5u};
    accepts ? tally.accept(who) : tally.reject(who);
    if (wasMet) RC_ASSERT(tally.verdict() == Verdict::met);
    if (wasImpossible) RC_ASSERT(tally.verdict() == Verdict::impossible);
    wasMet = tally.verdict() == Verdict::met;
    wasImpossible = tally.verdict() == Verdict::impossible;
  }
}

}  // namespace
}  // namespace henge
