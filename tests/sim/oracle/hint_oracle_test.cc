#include "tests/sim/oracle/hint_oracle.h"

#include <gtest/gtest.h>

#include "tests/unit/core/script_cluster.h"

namespace henge::sim {
namespace {

class FixedSight final : public Sight {
 public:
  std::optional<Record> heldBy(std::uint32_t, std::size_t) const override { return std::nullopt; }
  bool answers(std::uint32_t) const override { return true; }
  std::optional<Record> persistedBy(std::uint32_t, std::size_t) const override {
    return std::nullopt;
  }
  LogPosition persistedPosition(std::uint32_t) const override { return {}; }
  bool hasSegment(std::uint32_t, std::uint64_t) const override { return true; }
  bool knowsItMustRebuild(std::uint32_t) const override { return false; }
  bool isRememberedBetter(std::uint32_t) const override { return false; }
  const ClientOp* put(std::uint64_t id) const override { return id == put_.id ? &put_ : nullptr; }
  ClientOp put_;
};

class HintOracleTest : public ::testing::Test, private Judge {
 protected:
  HintOracleTest() {
    keys_.add("k");
    sight_.put_.id = 7;
    sight_.put_.verb = ClientVerb::put;
    sight_.put_.begin = {100'000'000};
    sight_.put_.end = {101'000'000};
    sight_.put_.version = {5, 1};
  }

  Hint hintOf(std::int64_t expiresAt) const {
    Hint hint;
    hint.id = {{2}, 1};
    hint.expiresAt = {expiresAt};
    hint.record.key = "k";
    hint.record.value = valueOf(7, 20);
    return hint;
  }
  void write(const HintEntry& entry, std::int64_t wall, bool steady = true) {
    oracle_.onWritten(0, {entry}, {wall}, steady, sight_);
  }
  void ends(ClientEnd end) {
    sight_.put_.state = end;
    oracle_.onPutEnd(sight_.put_, 0);
  }
  void violated(Invariant invariant, const std::string&, std::vector<std::uint32_t>) override {
    broken_.push_back(invariant);
  }

  KeyTable keys_;
  FixedSight sight_;
  const Ring ring_{clusterOf({"00", "40", "80"}, 3)};
  ReplicaOracle replicas_{storage::LogSync::always, 3, ring_, keys_, sight_, *this};
  HintOracle oracle_{replicas_, 3, 5_s, *this};
  std::vector<Invariant> broken_;
};

TEST_F(HintOracleTest, AHintOfARefusedWriteIsNoticedWhicheverComesFirst) {
  write(hintOf(50), 1);
  EXPECT_TRUE(broken_.empty());
  ends(ClientEnd::refused);
  EXPECT_EQ(broken_, std::vector<Invariant>{Invariant::failureIsFailure});
  write(hintOf(50), 1);
  EXPECT_EQ(broken_.size(), 2u);
}

TEST_F(HintOracleTest, AHintOfARefusedRemoveIsNoticedToo) {
  sight_.put_.verb = ClientVerb::remove;
  Hint hint = hintOf(50);
  hint.record.kind = RecordKind::tombstone;
  hint.record.value.clear();
  hint.record.version = {5, 2};
  write(hint, 1);
  ends(ClientEnd::refused);
  EXPECT_TRUE(broken_.empty());  // of another one
  hint.record.version = {5, 1};
  write(hint, 1);
  EXPECT_EQ(broken_.size(), 1u);
  ends(ClientEnd::refused);
  EXPECT_EQ(broken_.size(), 2u);
}

TEST_F(HintOracleTest, ADeliveryLongAfterTheExpiryIsNoticed) {
  const HintDone done{{{2}, 1}, HintEnd::delivered};
  write(hintOf(50'000'000), 1);
  write(done, 79'000'000);
  EXPECT_TRUE(broken_.empty()) << "it may have been on its way";
  write(hintOf(50'000'000), 1);
  write(done, 81'000'000, false);
  EXPECT_TRUE(broken_.empty()) << "somebody has touched the clock";
  write(hintOf(50'000'000), 1);
  write(HintDone{{{2}, 1}, HintEnd::expired}, 81'000'000);
  EXPECT_TRUE(broken_.empty());
  write(hintOf(50'000'000), 1);
  write(done, 81'000'000);
  EXPECT_EQ(broken_, std::vector<Invariant>{Invariant::handedOver});
}

TEST_F(HintOracleTest, WhatWasOkIsOwedUnlessHintsMayBeGone) {
  ends(ClientEnd::ok);
  ASSERT_EQ(oracle_.owed().size(), 1u);
  EXPECT_EQ(oracle_.owed()[0].version, (Version{5, 1}));
  oracle_.onDeath(0, Death::killed, {99'000'000});
  oracle_.onDeath(0, Death::killed, {140'000'000});
  oracle_.onDeath(1, Death::killed, {101'000'000});
  EXPECT_EQ(oracle_.owed().size(), 1u) << "another's death, or one long before or after";
  oracle_.onDeath(0, Death::stopped, {120'000'000});
  EXPECT_EQ(oracle_.owed().size(), 1u) << "a clean stop keeps them";
  oracle_.onDeath(0, Death::killed, {120'000'000});
  EXPECT_TRUE(oracle_.owed().empty()) << "it died before its hints were surely on disk";
}

TEST_F(HintOracleTest, WhatMayBeLostIsOwedByNobodyElseToNobodyElse) {
  ends(ClientEnd::ok);
  const OwedWrite write = oracle_.owed().at(0);
  const RingRange& range = ring_.rangeOf("k");
  const RingRange& other = ring_.rangeOf("\x10");
  oracle_.onMark(1, {{2}, range.first, range.end, {1}, true});
  oracle_.onMark(0, {{1}, range.first, range.end, {1}, true});
  oracle_.onMark(0, {{2}, other.first, other.end, {1}, true});
  EXPECT_TRUE(oracle_.isOwedTo(2, write, range));
  oracle_.onMark(0, {{2}, range.first, range.end, {1}, true});
  EXPECT_FALSE(oracle_.isOwedTo(2, write, range));
}

TEST_F(HintOracleTest, NothingIsOwedByAHarmedDisk) {
  ends(ClientEnd::ok);
  replicas_.onDamage(0, {1});
  EXPECT_TRUE(oracle_.owed().empty());
}

}  // namespace
}  // namespace henge::sim
