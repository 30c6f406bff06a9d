#include "client/verdict.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>
#include <rapidcheck/gtest.h>

#include "tests/unit/client/fake_cluster.h"

namespace henge::client::testing {

namespace {

// A ring of `count` members, one token each, of which those in `down` are down.
ClusterSight ringSight(int count, int replication, const std::vector<bool>& down) {
  ClusterSight sight;
  sight.cluster.name = "c";
  sight.cluster.id = {1};
  sight.cluster.replication = replication;
  for (int i = 0; i < count; ++i) {
    const auto id = static_cast<std::uint32_t>(i);
    const auto port = static_cast<std::uint16_t>(9000 + i);
    Member member{
        {id}, "", {Bytes(1, static_cast<char>(i * 256 / count))}, {"a", port}, {"b", port}};
    sight.cluster.members.push_back(member);
    MemberSight seen;
    seen.member = member;
    seen.state = down[static_cast<std::size_t>(i)] ? MemberState::down : MemberState::up;
    sight.members.push_back(seen);
  }
  const Ring ring(sight.cluster);
  for (const RingRange& range : ring.ranges()) {
    RangeSight seen{range, {}, 0};
    for (const NodeId node : range.replicas) seen.alive += down[node.value] ? 0 : 1;
    sight.ranges.push_back(seen);
  }
  return sight;
}

// How many nodes can fail, whichever they are, before some range lacks the level: tried out.
bool survives(const ClusterSight& sight, Consistency level, std::uint32_t failing) {
  const int required = requiredOf(level, sight.cluster.replication);
  for (const RangeSight& range : sight.ranges) {
    int alive = 0;
    for (const NodeId node : range.range.replicas) {
      const bool up = sight.members[node.value].state == MemberState::up;
      alive += up && (failing >> node.value & 1u) == 0 ? 1 : 0;
    }
    if (alive < required) return false;
  }
  return true;
}

int survivable(const ClusterSight& sight, Consistency level) {
  const auto count = static_cast<std::uint32_t>(sight.members.size());
  int worst = static_cast<int>(count);
  for (std::uint32_t failing = 0; failing < (1u << count); ++failing) {
    if (survives(sight, level, failing)) continue;
    worst = std::min(worst, __builtin_popcount(failing) - 1);
  }
  return worst;
}

RC_GTEST_PROP(Verdict, ToleranceIsWhatTryingAllFailuresGives, ()) {
  const int count = *rc::gen::inRange(1, 8);
  const int replication = *rc::gen::inRange(1, count + 1);
  const auto down = *rc::gen::container<std::vector<bool>>(static_cast<std::size_t>(count),
                                                           rc::gen::arbitrary<bool>());
  const ClusterSight sight = ringSight(count, replication, down);
  const Verdict verdict = judge(sight);
  RC_ASSERT(std::max(verdict.toleranceQuorum, -1) == survivable(sight, Consistency::quorum));
  RC_ASSERT(std::max(verdict.toleranceAll, -1) == survivable(sight, Consistency::all));
  RC_ASSERT(std::max(verdict.toleranceOne, -1) == survivable(sight, Consistency::one));
  RC_ASSERT((verdict.rangesWithoutQuorum == 0) == (verdict.toleranceQuorum >= 0));
}

TEST(Verdict, ALoneNodeIsSaidToBeUp) {
  const Verdict verdict = judge(ringSight(1, 1, {false}));
  EXPECT_EQ(verdict.health, Health::healthy);
  EXPECT_EQ(verdict.sentence, "the one node is up. All keys readable and writable at every level.");
}

TEST(Verdict, OnlySomeLostRangesAreNamed) {
  std::vector<bool> down(8, false);
  for (std::size_t i = 1; i < 8; ++i) down[i] = i < 7;
  const Verdict verdict = judge(ringSight(8, 3, down));
  EXPECT_EQ(verdict.health, Health::partlyUnavailable);
  EXPECT_NE(verdict.sentence.find("QUORUM is refused for keys in [00, 20) and [20, 40) and "
                                  "[40, 60) and [60, 80) and 2 more ranges; "),
            std::string::npos)
      << verdict.sentence;
}

ClusterSight withKeys(const std::vector<std::optional<std::int64_t>>& keys) {
  const int count = static_cast<int>(keys.size());
  ClusterSight sight = ringSight(count, 1, std::vector<bool>(keys.size(), false));
  for (std::size_t i = 0; i < keys.size(); ++i) sight.ranges[i].keys = keys[i];
  return sight;
}

TEST(Shares, WarnAboveTwoToOneAndNotAtIt) {
  EXPECT_EQ(shareWarning(withKeys({20, 10})), "");
  EXPECT_NE(shareWarning(withKeys({21, 10})), "");
}

TEST(Shares, FewKeysAreNotJudged) {
  EXPECT_EQ(shareWarning(withKeys({9, 0})), "");
  EXPECT_NE(shareWarning(withKeys({10, 0})), "");
}

TEST(Shares, OwnersThatDidNotCountAreLeftOut) {
  const Shares shares = sharesOf(withKeys({40, std::nullopt, 30}));
  EXPECT_EQ(shares.owners.size(), 2u);
  EXPECT_EQ(shares.total, 70);
  EXPECT_EQ(shareWarning(withKeys({4000, std::nullopt})), "") << "nothing to compare with";
}

TEST(Shares, ADirectoryThatIsRebuildingIsNotCompared) {
  ClusterSight sight = withKeys({40, 0, 30});
  EXPECT_NE(shareWarning(sight), "");
  sight.members[1].state = MemberState::rebuilding;
  EXPECT_EQ(shareWarning(sight), "");
}

RC_GTEST_PROP(Shares, RatioIsANumberOrAbsent, ()) {
  const auto counts = *rc::gen::container<std::vector<std::int64_t>>(
      4, rc::gen::inRange<std::int64_t>(0, std::numeric_limits<std::int64_t>::max() / 8));
  std::vector<std::optional<std::int64_t>> keys(counts.begin(), counts.end());
  const Shares shares = sharesOf(withKeys(keys));
  RC_ASSERT(!shares.ratio || (std::isfinite(*shares.ratio) && *shares.ratio >= 1));
  RC_ASSERT(!shares.ratio || !shares.oneIsEmpty);
}

TEST(RangeText, TheLastRangeSaysWhereItGoesOn) {
  ClusterSight sight = ringSight(2, 1, {false, false});
  EXPECT_EQ(rangeText(sight, sight.ranges[1].range), "[80, end)");
  sight.cluster.members[0].tokens = {"\x20"};
  const Ring ring(sight.cluster);
  sight.ranges[0].range = ring.ranges()[0];
  sight.ranges[1].range = ring.ranges()[1];
  EXPECT_EQ(rangeText(sight, sight.ranges[1].range), "[80, end) and [start, 20)");
}

}  // namespace

}  // namespace henge::client::testing
