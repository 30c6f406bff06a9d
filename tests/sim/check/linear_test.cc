#include "tests/sim/check/linear.h"

#include <algorithm>
#include <gtest/gtest.h>

#include "tests/sim/check/random_history.h"
#include "tests/sim/check/written.h"

namespace henge::sim {
namespace {

bool isLinear(const Written& history) {
  const LinearAnswer answer = checkLinear(history.ops());
  EXPECT_NE(answer.linearity, Linearity::undecided);
  return answer.linearity == Linearity::linearizable;
}

TEST(Linear, PutsAndGets) {
  EXPECT_TRUE(isLinear(Written()));
  EXPECT_TRUE(isLinear(Written().get(absent, 0, 1).put(1, 2, 3).get(1, 4, 5)));
  EXPECT_FALSE(isLinear(Written().put(1, 0, 1).put(2, 2, 3).get(1, 4, 5)));
  EXPECT_FALSE(isLinear(Written().get(1, 0, 1).put(1, 2, 3)));
  EXPECT_TRUE(isLinear(Written().get(1, 0, 2).put(1, 2, 3)));
  EXPECT_FALSE(isLinear(Written().put(1, 0, 1).get(absent, 2, 3)));
  EXPECT_TRUE(isLinear(Written().unknownPut(1, 0).get(absent, 2, 3).get(1, 90, 91)));
  EXPECT_FALSE(isLinear(Written().unknownPut(1, 0).get(1, 2, 3).get(absent, 90, 91)));
}

// What zones cannot take: the same value written twice.
TEST(Linear, OneValueMayBeWrittenTwice) {
  EXPECT_TRUE(isLinear(Written().put(1, 0, 1).put(2, 2, 3).put(1, 4, 5).get(1, 6, 7)));
}

TEST(Linear, OfTwoSwapsFromOneValueOneFails) {
  EXPECT_TRUE(isLinear(Written().put(1, 0, 1).swap(1, 2, 2, 5).noSwap(1, 3, 2, 5).get(2, 6, 7)));
  EXPECT_FALSE(isLinear(Written().put(1, 0, 1).swap(1, 2, 2, 5).swap(1, 3, 2, 5)));
}

TEST(Linear, SwapsInChain) {
  EXPECT_TRUE(isLinear(Written().swap(2, 3, 0, 9).swap(absent, 1, 0, 9).swap(1, 2, 0, 9)));
  EXPECT_FALSE(isLinear(Written().swap(1, 2, 0, 1).swap(absent, 1, 2, 3)));
}

TEST(Linear, NoSwapNeedsAnotherValue) {
  EXPECT_FALSE(isLinear(Written().put(1, 0, 1).noSwap(1, 2, 2, 3)));
  EXPECT_TRUE(isLinear(Written().put(1, 0, 3).noSwap(1, 2, 2, 3)));
}

TEST(Linear, ANoSwapWritesNothing) {
  EXPECT_FALSE(isLinear(Written().put(1, 0, 1).noSwap(5, 2, 2, 3).get(2, 4, 5)));
}

TEST(Linear, UnknownSwapMayHappenLateOrNever) {
  EXPECT_TRUE(isLinear(Written().put(1, 0, 1).unknownSwap(1, 2, 2).get(1, 4, 5).get(1, 6, 7)));
  EXPECT_TRUE(isLinear(Written().put(1, 0, 1).unknownSwap(1, 2, 2).get(1, 4, 5).get(2, 6, 7)));
  EXPECT_FALSE(isLinear(Written().put(1, 0, 1).unknownSwap(1, 2, 2).get(2, 4, 5).get(1, 6, 7)));
  EXPECT_FALSE(isLinear(Written().put(1, 0, 1).get(2, 2, 3).unknownSwap(1, 2, 4)));
}

TEST(Linear, AnUnansweredGetSaysNothing) {
  auto history = Written().put(1, 0, 1).get(absent, 2, 3).ops();
  history.back().unknown = true;
  EXPECT_EQ(checkLinear(history).linearity, Linearity::linearizable);
}

TEST(Linear, TellsAnOrderOrWhereItStuck) {
  const auto good = checkLinear(Written().get(2, 0, 9).put(1, 0, 9).put(2, 0, 9).ops());
  ASSERT_EQ(good.order.size(), 3U);
  EXPECT_EQ(std::find(good.order.begin(), good.order.end(), 1U) - 1,
            std::find(good.order.begin(), good.order.end(), 3U));
  EXPECT_FALSE(good.stuckAt);
  const auto bad = checkLinear(Written().put(1, 0, 1).put(2, 2, 3).get(1, 4, 5).ops());
  EXPECT_EQ(bad.order, (std::vector<std::uint64_t>{1, 2}));
  EXPECT_EQ(bad.stuckAt, 3U);
}

TEST(Linear, WithoutStepsItIsUndecided) {
  const auto history = Written().put(1, 0, 1).get(1, 2, 3).ops();
  EXPECT_EQ(checkLinear(history, {.stepsMax = 2}).linearity, Linearity::linearizable);
  const LinearAnswer stopped = checkLinear(history, {.stepsMax = 1});
  EXPECT_EQ(stopped.linearity, Linearity::undecided);
  EXPECT_EQ(stopped.steps, 1U);
  const auto wrong = Written().put(1, 0, 9).put(2, 0, 9).put(3, 0, 9).get(7, 10, 11).ops();
  EXPECT_EQ(checkLinear(wrong, {.stepsMax = 5}).linearity, Linearity::undecided);
  EXPECT_EQ(checkLinear(wrong).linearity, Linearity::contradictory);
}

TEST(Linear, BeginsAtTheInitialValue) {
  EXPECT_EQ(checkLinear(Written().get(4, 0, 1).ops(), {.initial = 4}).linearity,
            Linearity::linearizable);
}

// More operations than bits in a word; up to five overlap.
TEST(Linear, LongHistories) {
  Written history;
  for (int i = 0; i < 150; ++i) {
    const auto value = static_cast<std::uint64_t>(i) + 1;
    history.put(value, 4 * i, 4 * i + 9).get(value, 4 * i + 1, 4 * i + 9);
  }
  EXPECT_TRUE(isLinear(history));
  EXPECT_FALSE(isLinear(history.get(1, 1000, 1001)));
}

// --- against a stupid twin -----------------------------------------------------------------------

bool canFollow(std::uint64_t& state, const RegisterOp& op) {
  if (op.kind == OpKind::put) return state = op.value, true;
  if (op.kind == OpKind::get) return state == op.value;
  if (!op.unknown && op.swapped != (state == op.expected)) return false;
  if (state == op.expected) state = op.next;
  return true;
}

bool explains(const std::vector<RegisterOp>& order) {
  std::uint64_t state = absent;
  for (std::size_t i = 0; i < order.size(); ++i) {
    for (std::size_t later = i + 1; later < order.size(); ++later) {
      if (precedes(order[later].span(), order[i].span())) return false;
    }
    if (!canFollow(state, order[i])) return false;
  }
  return true;
}

bool someOrderExplains(std::vector<RegisterOp> ops) {
  const auto byId = [](const RegisterOp& a, const RegisterOp& b) { return a.id < b.id; };
  std::sort(ops.begin(), ops.end(), byId);
  do {
    if (explains(ops)) return true;
  } while (std::next_permutation(ops.begin(), ops.end(), byId));
  return false;
}

// Every order of the answered operations with every selection of the unknown ones.
bool isLinearByPermutation(const std::vector<RegisterOp>& history) {
  std::vector<RegisterOp> known, unknown;
  for (const RegisterOp& op : history) (op.unknown ? unknown : known).push_back(op);
  for (std::size_t chosen = 0; chosen < std::size_t{1} << unknown.size(); ++chosen) {
    std::vector<RegisterOp> ops = known;
    for (std::size_t i = 0; i < unknown.size(); ++i) {
      if (chosen >> i & 1) ops.push_back(unknown[i]);
    }
    if (someOrderExplains(std::move(ops))) return true;
  }
  return false;
}

TEST(Linear, AgreesWithEveryPermutation) {
  constexpr int histories = 20'000;
  const HistoryShape shape{.opsMax = 6, .clientsMax = 4, .casPercent = 40, .valuesMax = 3};
  int bad = 0;
  for (int i = 0; i < histories; ++i) {
    Chance chance = Chance(7).fork("swaps", static_cast<std::uint64_t>(i));
    std::vector<RegisterOp> history = historyOfARegister(chance, shape);
    if (chance.percent(60)) mutate(chance, history);
    const bool expected = isLinearByPermutation(history);
    const LinearAnswer answer = checkLinear(history);
    ASSERT_EQ(answer.linearity, expected ? Linearity::linearizable : Linearity::contradictory)
        << "history " << i << ":\n"
        << toString(history);
    bad += expected ? 0 : 1;
  }
  RecordProperty("bad", bad);
  EXPECT_GT(bad, histories / 10);
  EXPECT_LT(bad, histories * 6 / 10);
}

}  // namespace
}  // namespace henge::sim
