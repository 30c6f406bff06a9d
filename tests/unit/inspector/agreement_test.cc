#include "inspector/agreement.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/unit/inspector/fake_nodes.h"

namespace henge::inspector::testing {

namespace {

// Key "k" (0x6b) lies in [40, 80): n1 n2 n3.
const Ring& fourNodes() {
  static const Ring ring(FakeNodes(4, 3).cluster());
  return ring;
}

Record record(std::int64_t timestamp, const Bytes& value, RecordKind kind = RecordKind::value) {
  return {"k", {timestamp, 1}, kind, 0, value, {}};
}

MergedKey merged(std::vector<HeldCopy> copies) { return {"k", std::move(copies)}; }

std::vector<CopyState> statesOf(const Agreement& agreement) {
  std::vector<CopyState> states;
  for (const Copy& copy : agreement.copies) states.push_back(copy.state);
  return states;
}

TEST(Agreement, AllAlikeIsOk) {
  const MergedKey key =
      merged({{{1}, record(5, "v")}, {{2}, record(5, "v")}, {{3}, record(5, "v")}});
  const Agreement agreement = judge(fourNodes(), key, {});
  EXPECT_TRUE(agreement.agree());
  EXPECT_EQ(stateOf(agreement), "ok");
  EXPECT_EQ(agreement.current, 3);
}

TEST(Agreement, OlderIsBehindAndNothingIsMissing) {
  const MergedKey key = merged({{{1}, record(5, "v")}, {{3}, record(4, "w")}});
  const Agreement agreement = judge(fourNodes(), key, {});
  EXPECT_EQ(statesOf(agreement),
            (std::vector{CopyState::ok, CopyState::missing, CopyState::behind}));
  EXPECT_FALSE(agreement.agree());
  EXPECT_EQ(stateOf(agreement), "missing");
}

TEST(Agreement, OneVersionWithTwoValuesIsADifference) {
  const MergedKey key =
      merged({{{1}, record(5, "a")}, {{2}, record(5, "b")}, {{3}, record(5, "b")}});
  const Agreement agreement = judge(fourNodes(), key, {});
  EXPECT_EQ(statesOf(agreement), (std::vector{CopyState::behind, CopyState::ok, CopyState::ok}));
  EXPECT_EQ(stateOf(agreement), "behind");
}

TEST(Agreement, ExtensionsAreNoDifference) {
  Record extended = record(5, "v");
  extended.extensions = {{9, "later"}};
  const MergedKey key = merged({{{1}, extended}, {{2}, record(5, "v")}, {{3}, record(5, "v")}});
  EXPECT_TRUE(judge(fourNodes(), key, {}).agree());
}

TEST(Agreement, TombstonesAgreeToo) {
  const Record gone = record(6, "", RecordKind::tombstone);
  const MergedKey everywhere = merged({{{1}, gone}, {{2}, gone}, {{3}, gone}});
  const Agreement agreement = judge(fourNodes(), everywhere, {});
  EXPECT_EQ(stateOf(agreement), "tombstone");
  EXPECT_TRUE(agreement.agree());
  const MergedKey lagging = merged({{{1}, gone}, {{2}, record(5, "v")}, {{3}, gone}});
  EXPECT_EQ(stateOf(judge(fourNodes(), lagging, {})), "behind");
}

TEST(Agreement, ANodeThatWasNotReadIsNotMissing) {
  const MergedKey key = merged({{{1}, record(5, "v")}, {{3}, record(5, "v")}});
  const Agreement agreement = judge(fourNodes(), key, {{2}});
  EXPECT_TRUE(agreement.agree());
  EXPECT_EQ(agreement.read, 2);
  EXPECT_EQ(agreement.current, 2);
}

TEST(Agreement, ACopyElsewhereIsAStrayAndDecidesNothing) {
  const Record stray = record(9, "newer");
  const MergedKey key =
      merged({{{0}, stray}, {{1}, record(5, "v")}, {{2}, record(5, "v")}, {{3}, record(5, "v")}});
  const Agreement agreement = judge(fourNodes(), key, {});
  EXPECT_EQ(stateOf(agreement), "stray");
  EXPECT_FALSE(agreement.agree());
  EXPECT_EQ(agreement.newest->value, "v");
  EXPECT_EQ(agreement.copies.back().node, (NodeId{0}));
}

TEST(Agreement, OnlyAStrayMeansEveryReplicaMissesIt) {
  const MergedKey key = merged({{{0}, record(9, "v")}});
  const Agreement agreement = judge(fourNodes(), key, {});
  EXPECT_EQ(agreement.current, 0);
  EXPECT_EQ(agreement.newest->value, "v");
  EXPECT_EQ(stateOf(agreement), "missing");
}

TEST(Agreement, NothingAnywhereIsAgreementToo) {
  const MergedKey key = merged({});
  const Agreement agreement = judge(fourNodes(), key, {{2}});
  EXPECT_TRUE(agreement.agree());
  EXPECT_EQ(stateOf(agreement), "absent");
  EXPECT_EQ(agreement.newest, nullptr);
  EXPECT_EQ(statesOf(agreement), (std::vector{CopyState::ok, CopyState::notRead, CopyState::ok}));
  EXPECT_FALSE(agreement.tombstone());
}

TEST(Agreement, OfNodesLeftOutNothingIsSaid) {
  const MergedKey key = merged({{{1}, record(5, "v")}});
  Agreement agreement = judge(fourNodes(), key, {{0}, {2}, {3}});
  leaveOut(agreement, {{0}, {2}, {3}});
  EXPECT_TRUE(agreement.agree());
  EXPECT_EQ(statesOf(agreement), (std::vector{CopyState::ok}));
  EXPECT_EQ(agreement.read, 1);
  EXPECT_EQ(agreement.replicas.size(), 3u);
}

// Agreement is exactly: every replica that was read holds one and the same record, nobody else any.
RC_GTEST_PROP(Agreement, IsSamenessOfAllThatWasRead, ()) {
  std::vector<HeldCopy> copies;
  std::vector<NodeId> unread;
  for (std::uint32_t node = 0; node < 4; ++node) {
    const int fate = *rc::gen::element(0, 1, 2, 3, 4, 5);
    if (fate == 0) unread.push_back({node});
    if (fate > 1) copies.push_back({{node}, record(5 + fate / 5, "v")});
  }
  RC_PRE(!copies.empty());
  const MergedKey key = merged(copies);
  bool same = true;
  for (std::uint32_t node = 0; node < 4; ++node) {
    const auto copy = std::find_if(copies.begin(), copies.end(),
                                   [node](const HeldCopy& c) { return c.node.value == node; });
    const bool skipped = std::find(unread.begin(), unread.end(), NodeId{node}) != unread.end();
    if (node == 0) same = same && copy == copies.end();
    if (node == 0 || skipped) continue;
    const bool newest = copy != copies.end() &&
                        std::none_of(copies.begin(), copies.end(), [&](const HeldCopy& other) {
                          return other.node.value != 0 && isNewer(other.record, copy->record);
                        });
    same = same && newest;
  }
  RC_ASSERT(judge(fourNodes(), key, unread).agree() == same);
}

}  // namespace

}  // namespace henge::inspector::testing
