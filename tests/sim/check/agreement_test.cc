// Two checkers that share nothing but the history must say the same of every one.
#include <gtest/gtest.h>

#include "tests/sim/check/linear.h"
#include "tests/sim/check/random_history.h"
#include "tests/sim/check/zones.h"

namespace henge::sim {
namespace {

constexpr std::uint64_t histories = 200'000;

std::string said(const std::optional<Contradiction>& found) {
  return found ? toString(*found) : "linearizable";
}

TEST(Agreement, OfZonesAndSearch) {
  int bad = 0, mutated = 0;
  for (std::uint64_t i = 0; i < histories; ++i) {
    Chance chance = Chance(1).fork("agreement", i);
    std::vector<RegisterOp> history = historyOfARegister(chance, {});
    const bool changed = chance.percent(75);
    if (changed) mutate(chance, history);
    const auto zones = checkZones(history);
    const LinearAnswer search = checkLinear(history);
    const auto expected = zones ? Linearity::contradictory : Linearity::linearizable;
    ASSERT_EQ(search.linearity, expected) << "history " << i << ", zones: " << said(zones) << "\n"
                                          << toString(history);
    ASSERT_TRUE(changed || !zones) << "a real register's, " << i << ": " << said(zones) << "\n"
                                   << toString(history);
    mutated += changed ? 1 : 0;
    bad += zones ? 1 : 0;
  }
  RecordProperty("mutated", mutated);
  RecordProperty("bad", bad);
  EXPECT_GT(bad, static_cast<int>(histories / 10)) << "too few to say anything";
  EXPECT_LT(bad, static_cast<int>(histories * 6 / 10));
}

}  // namespace
}  // namespace henge::sim
