#include "core/probe_order.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <set>

namespace henge {
namespace {

TEST(ProbeOrder, ofNobodyThereIsNoNext) { EXPECT_FALSE(ProbeOrder({}).next(7).has_value()); }

RC_GTEST_PROP(ProbeOrder, eachRoundAsksEverybodyOnce, ()) {
  const auto count = *rc::gen::inRange<std::uint32_t>(1, 20);
  std::vector<NodeId> all;
  for (std::uint32_t node = 0; node < count; ++node) all.push_back({node});
  ProbeOrder order(all);
  for (int round = 0; round < 3; ++round) {
    std::set<NodeId> asked;
    for (std::uint32_t i = 0; i < count; ++i)
      asked.insert(*order.next(*rc::gen::arbitrary<std::uint64_t>()));
    RC_ASSERT(asked.size() == count);
  }
}

TEST(ProbeOrder, wouldBeAnotherOneInEachRound) {
  ProbeOrder order({{1}, {2}, {3}});
  std::set<std::vector<std::uint32_t>> rounds;
  for (std::uint64_t lot = 0; lot < 12; ++lot) {
    rounds.insert({order.next(lot)->value, order.next(lot / 2)->value, order.next(lot)->value});
  }
  EXPECT_GT(rounds.size(), 3U);
}

TEST(ProbeOrder, thePreferredComeOnceOutOfTurn) {
  ProbeOrder order({{1}, {2}, {3}});
  order.prefer({3});
  order.prefer({2});
  order.prefer({3});
  std::set<NodeId> round;
  EXPECT_EQ(order.next(0), NodeId{3});
  round.insert(*order.next(0));
  EXPECT_EQ(order.next(0), NodeId{2});
  for (int i = 0; i < 2; ++i) round.insert(*order.next(0));
  EXPECT_EQ(round.size(), 3U) << "the round is as it was";
}

// Half a cluster is suspect: the others are asked all the same.
TEST(ProbeOrder, thePreferredLeaveTheRoundEveryOtherTurn) {
  std::vector<NodeId> all;
  for (std::uint32_t node = 1; node <= 20; ++node) all.push_back({node});
  ProbeOrder order(all);
  for (std::uint32_t node = 11; node <= 20; ++node) order.prefer({node});
  std::size_t others = 0;
  for (int turn = 0; turn < 10; ++turn) others += order.next(0)->value <= 10 ? 1U : 0U;
  EXPECT_EQ(others, 5U);
}

}  // namespace
}  // namespace henge
