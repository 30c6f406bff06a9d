#include "server/replica/replica.h"

#include <gtest/gtest.h>
#include <random>

#include "tests/kit/node_fakes.h"
#include "tests/kit/virtual_loop.h"
#include "tests/unit/core/script_cluster.h"
#include "tests/unit/replica/fake_storage.h"

namespace henge::replica {
namespace {

class Asker final : public ports::ReplicaSink {
 public:
  void onApplied(OpId op, NodeId from, ApplyReply reply) override {
    EXPECT_EQ(from, NodeId{1});
    EXPECT_TRUE(applied.emplace(op, std::move(reply)).second) << "answered twice";
  }
  void onFetched(OpId op, NodeId from, FetchReply reply) override {
    EXPECT_EQ(from, NodeId{1});
    EXPECT_TRUE(fetched.emplace(op, std::move(reply)).second) << "answered twice";
  }
  std::map<OpId, ApplyReply> applied;
  std::map<OpId, FetchReply> fetched;
};

// Replica 1 of four; key "k" is one of its own.
class ReplicaTest : public ::testing::Test {
 protected:
  ReplicaTest() {
    replica.attach(storage);
    membership.up.set({1}, Liveness::up);
  }

  Record recordOf(Version version, const Bytes& value) const {
    Record record;
    record.key = "k";
    record.version = version;
    record.value = value;
    return record;
  }

  Version stamp(std::int64_t ahead, std::uint64_t writer = 7) const {
    return {loop.wall().micros + ahead, writer};
  }

  ApplyRequest applyOf(Record record) const {
    ApplyRequest request;
    request.record = std::move(record);
    request.deadline = loop.now() + 1_s;
    request.epoch = 1;
    return request;
  }

  FetchRequest fetchOf(const Bytes& key = "k") const {
    FetchRequest request;
    request.key = key;
    request.deadline = loop.now() + 1_s;
    request.epoch = 1;
    return request;
  }

  OpId apply(ApplyRequest request) {
    const OpId op{++lastOp};
    replica.apply(op, asker, std::move(request));
    return op;
  }

  OpId fetch(FetchRequest request) {
    const OpId op{++lastOp};
    replica.fetch(op, asker, std::move(request));
    return op;
  }

  void expectRefused(ApplyRequest request, Refusal refusal) {
    const OpId op = apply(std::move(request));
    ASSERT_TRUE(asker.applied.contains(op));
    EXPECT_EQ(asker.applied.at(op).outcome, ApplyOutcome::refused);
    EXPECT_EQ(asker.applied.at(op).refusal, refusal);
    EXPECT_FALSE(asker.applied.at(op).message.empty());
    EXPECT_TRUE(storage.stages.empty()) << "storage still holds something for it";
    EXPECT_TRUE(storage.appends.empty());
  }

  void expectRefused(FetchRequest request, Refusal refusal) {
    const OpId op = fetch(std::move(request));
    ASSERT_TRUE(asker.fetched.contains(op));
    EXPECT_EQ(asker.fetched.at(op).outcome, FetchOutcome::refused);
    EXPECT_EQ(asker.fetched.at(op).refusal, refusal);
  }

  kit::VirtualLoop loop;
  kit::FakeMembership membership;
  kit::FakeStamps stamps{loop, 0xc1};
  kit::NotedEvents events;
  Replica replica{{NodeId{1}, Limits(), 4},
                  std::make_shared<const Ring>(clusterOf({"00", "40", "80", "c0"}, 3)),
                  {loop, membership, stamps, events}};
  FakeStorage storage{replica};
  Asker asker;
  std::uint64_t lastOp = 0;
};

TEST_F(ReplicaTest, acknowledgesOnlyWhatIsAppended) {
  const OpId op = apply(applyOf(recordOf(stamp(0), "x")));
  EXPECT_TRUE(asker.applied.empty());
  EXPECT_EQ(replica.operations(), 1u);
  storage.complete();
  EXPECT_EQ(asker.applied.at(op).outcome, ApplyOutcome::applied);
  EXPECT_EQ(storage.held["k"]->value, "x");
  EXPECT_EQ(storage.admittedBytes, recordOf(stamp(0), "x").bytes());
  EXPECT_EQ(replica.operations(), 0u);
  EXPECT_EQ(replica.counters().applied, 1u);
}

TEST_F(ReplicaTest, somethingNewerIsHeld) {
  storage.held["k"] = recordOf(stamp(5), "newer");
  const OpId op = apply(applyOf(recordOf(stamp(4), "x")));
  EXPECT_EQ(asker.applied.at(op).outcome, ApplyOutcome::superseded);
  EXPECT_EQ(asker.applied.at(op).held, stamp(5));
  EXPECT_EQ(storage.abandoned, 1);
  EXPECT_TRUE(storage.appends.empty());
}

TEST_F(ReplicaTest, theVeryRecordIsHeld) {
  storage.held["k"] = recordOf(stamp(5), "x");
  const OpId op = apply(applyOf(recordOf(stamp(5), "x")));
  EXPECT_EQ(asker.applied.at(op).outcome, ApplyOutcome::applied);
  EXPECT_EQ(storage.abandoned, 1);
  EXPECT_EQ(replica.counters().appliedEqual, 1u);
}

// One version with different bytes: the same winner everywhere, whichever comes first.
TEST_F(ReplicaTest, oneVersionTwoValuesHasOneWinner) {
  storage.held["k"] = recordOf(stamp(5), "a");
  const OpId larger = apply(applyOf(recordOf(stamp(5), "b")));
  storage.complete();
  EXPECT_EQ(asker.applied.at(larger).outcome, ApplyOutcome::applied);
  const OpId smaller = apply(applyOf(recordOf(stamp(5), "a")));
  EXPECT_EQ(asker.applied.at(smaller).outcome, ApplyOutcome::superseded);
  Record tombstone = recordOf(stamp(5), "");
  tombstone.kind = RecordKind::tombstone;
  const OpId removed = apply(applyOf(tombstone));
  storage.complete();
  EXPECT_EQ(asker.applied.at(removed).outcome, ApplyOutcome::applied);
  EXPECT_TRUE(storage.held["k"]->isTombstone());
}

TEST_F(ReplicaTest, aRaceIsDecidedAfterTheAppend) {
  const OpId older = apply(applyOf(recordOf(stamp(1), "older")));
  const OpId newer = apply(applyOf(recordOf(stamp(2), "newer")));
  storage.complete(1);
  storage.complete(0);
  EXPECT_EQ(asker.applied.at(newer).outcome, ApplyOutcome::applied);
  EXPECT_EQ(asker.applied.at(older).outcome, ApplyOutcome::superseded);
  EXPECT_EQ(asker.applied.at(older).held, stamp(2));
}

TEST_F(ReplicaTest, waitsForTheStoreWhenItMust) {
  storage.later = true;
  const OpId op = apply(applyOf(recordOf(stamp(1), "x")));
  EXPECT_TRUE(storage.appends.empty());
  storage.answerLook();
  ASSERT_EQ(storage.appends.size(), 1u);
  storage.complete();
  EXPECT_EQ(asker.applied.at(op).outcome, ApplyOutcome::applied);

  const OpId stale = apply(applyOf(recordOf(stamp(0), "y")));
  storage.answerLook();
  EXPECT_EQ(asker.applied.at(stale).outcome, ApplyOutcome::superseded);
}

TEST_F(ReplicaTest, theDeadlineMayPassBetweenLookAndAppend) {
  storage.later = true;
  const OpId op = apply(applyOf(recordOf(stamp(1), "x")));
  loop.runFor(1_s);
  storage.answerLook();
  EXPECT_EQ(asker.applied.at(op).outcome, ApplyOutcome::refused);
  EXPECT_EQ(asker.applied.at(op).refusal, Refusal::expired);
  EXPECT_EQ(storage.abandoned, 1);
  EXPECT_TRUE(storage.appends.empty());
}

TEST_F(ReplicaTest, onceAppendedTheDeadlineChangesNothing) {
  const OpId op = apply(applyOf(recordOf(stamp(1), "x")));
  loop.runFor(2_s);
  storage.complete();
  EXPECT_EQ(asker.applied.at(op).outcome, ApplyOutcome::applied);
}

TEST_F(ReplicaTest, whatCannotBeReadIsNotGuessed) {
  storage.later = true;
  const OpId write = apply(applyOf(recordOf(stamp(1), "x")));
  storage.failLook({ErrorKind::corrupt, "a block is damaged"});
  EXPECT_EQ(asker.applied.at(write).outcome, ApplyOutcome::refused);
  EXPECT_EQ(storage.abandoned, 1);
  const OpId read = fetch(fetchOf());
  storage.failLook({ErrorKind::corrupt, "a block is damaged"});
  EXPECT_EQ(asker.fetched.at(read).outcome, FetchOutcome::refused);
  EXPECT_EQ(events.lines.size(), 1u) << "once a minute";
  EXPECT_EQ(replica.counters().refusedUnread, 2u);
}

// "Absent" would be a lie, and a refusal would look like a replica that has the rest.
TEST_F(ReplicaTest, aStoreThatLacksSomethingIsAnsweredAsRebuilding) {
  const Error lacking{ErrorKind::rebuilding, "the store is being brought back from the log"};
  storage.later = true;
  const OpId write = apply(applyOf(recordOf(stamp(1), "x")));
  storage.failLook(lacking);
  EXPECT_EQ(asker.applied.at(write).outcome, ApplyOutcome::rebuilding);
  EXPECT_EQ(storage.abandoned, 1);
  const OpId read = fetch(fetchOf());
  storage.failLook(lacking);
  EXPECT_EQ(asker.fetched.at(read).outcome, FetchOutcome::rebuilding);
  storage.admission = lacking;
  const OpId refused = apply(applyOf(recordOf(stamp(2), "x")));
  EXPECT_EQ(asker.applied.at(refused).outcome, ApplyOutcome::rebuilding);
  EXPECT_EQ(replica.counters().fetchesRebuilding, 1u);
  EXPECT_EQ(replica.counters().appliesRebuilding, 2u);
  EXPECT_TRUE(events.lines.empty());
}

TEST_F(ReplicaTest, refusesBeforeAnythingIsWritten) {
  const Record good = recordOf(stamp(0), "x");
  ApplyRequest late = applyOf(good);
  late.deadline = loop.now();
  expectRefused(late, Refusal::expired);

  ApplyRequest epoch = applyOf(good);
  epoch.epoch = 2;
  expectRefused(epoch, Refusal::staleEpoch);

  Record foreign = good;
  foreign.key = "\x89";
  expectRefused(applyOf(foreign), Refusal::notOwner);

  Record noKey = good;
  noKey.key = "";
  expectRefused(applyOf(noKey), Refusal::invalid);
  Record large = good;
  large.value = Bytes(Limits().valueBytesMax + 1, 'v');
  expectRefused(applyOf(large), Refusal::invalid);
  Record negative = good;
  negative.version.timestamp = -1;
  expectRefused(applyOf(negative), Refusal::invalid);
  Record loud = good;
  loud.kind = RecordKind::tombstone;
  expectRefused(applyOf(loud), Refusal::invalid);

  expectRefused(applyOf(recordOf(stamp(60'000'001), "x")), Refusal::stamp);
}

TEST_F(ReplicaTest, admissionRefuses) {
  storage.admission = Error{ErrorKind::overloaded, "three tables are frozen"};
  expectRefused(applyOf(recordOf(stamp(0), "x")), Refusal::overloaded);
  storage.admission = Error{ErrorKind::diskFull, "no space is left"};
  expectRefused(applyOf(recordOf(stamp(0), "x")), Refusal::diskFull);
  EXPECT_EQ(storage.admittedKind, RecordKind::value);
  Record gone = recordOf(stamp(0), "");
  gone.kind = RecordKind::tombstone;
  expectRefused(applyOf(gone), Refusal::diskFull);
  EXPECT_EQ(storage.admittedKind, RecordKind::tombstone) << "it may take more than a value";
}

TEST_F(ReplicaTest, operationsHaveALimit) {
  for (int i = 0; i < 4; ++i) apply(applyOf(recordOf(stamp(i), "x")));
  const OpId tooMany = apply(applyOf(recordOf(stamp(4), "x")));
  EXPECT_EQ(asker.applied.at(tooMany).refusal, Refusal::overloaded);
  EXPECT_EQ(storage.appends.size(), 4u);
  expectRefused(fetchOf(), Refusal::overloaded);
  storage.complete();
  fetch(fetchOf());
  EXPECT_EQ(replica.counters().fetched, 1u);
}

// Only what enters the cluster is held against the clock.
TEST_F(ReplicaTest, membersMayBringAnyStamp) {
  for (const Source source : {Source::hint, Source::readRepair, Source::exchange, Source::stream}) {
    ApplyRequest request =
        applyOf(recordOf(stamp(90'000'000, static_cast<std::uint64_t>(source)), "x"));
    request.source = source;
    stamps.highest = 0;  // as if the one before had not been seen
    const OpId op = apply(std::move(request));
    storage.complete();
    EXPECT_EQ(asker.applied.at(op).outcome, ApplyOutcome::applied);
  }
  EXPECT_EQ(replica.counters().stampsAhead, 4u);
}

TEST_F(ReplicaTest, aRebuildingNodeSaysSoAndDoesNothing) {
  membership.up.set({1}, Liveness::rebuilding);
  storage.held["k"] = recordOf(stamp(0), "perhaps too old");
  ApplyRequest repair = applyOf(recordOf(stamp(1), "x"));
  repair.source = Source::readRepair;
  EXPECT_EQ(asker.applied[apply(repair)].outcome, ApplyOutcome::rebuilding);
  EXPECT_EQ(asker.applied[apply(applyOf(recordOf(stamp(1), "x")))].outcome,
            ApplyOutcome::rebuilding);
  EXPECT_EQ(asker.fetched[fetch(fetchOf())].outcome, FetchOutcome::rebuilding);
  EXPECT_TRUE(storage.stages.empty());
  EXPECT_EQ(replica.counters().appliesRebuilding, 2u);
  EXPECT_EQ(replica.counters().fetchesRebuilding, 1u);
}

TEST_F(ReplicaTest, fetchesWhatIsHeld) {
  EXPECT_EQ(asker.fetched[fetch(fetchOf())].outcome, FetchOutcome::absent);
  Record tombstone = recordOf(stamp(3), "");
  tombstone.kind = RecordKind::tombstone;
  storage.held["k"] = tombstone;
  const FetchReply removed = asker.fetched[fetch(fetchOf())];
  EXPECT_EQ(removed.outcome, FetchOutcome::held);
  EXPECT_EQ(removed.record, tombstone);

  const Record record = recordOf(stamp(4), Bytes(513, 'x'));
  storage.held["k"] = record;
  storage.later = true;
  const OpId whole = fetch(fetchOf());
  FetchRequest lean = fetchOf();
  lean.withValue = false;
  const OpId digest = fetch(lean);
  storage.answerLook(1);
  storage.answerLook(0);
  EXPECT_EQ(asker.fetched.at(whole).record, record);
  EXPECT_TRUE(asker.fetched.at(whole).hasValue);
  EXPECT_FALSE(asker.fetched.at(digest).hasValue);
  EXPECT_EQ(asker.fetched.at(digest).record.value, "");
  EXPECT_EQ(asker.fetched.at(digest).record.version, record.version);
  EXPECT_EQ(asker.fetched.at(digest).digest, digestOf(record));
  EXPECT_EQ(replica.operations(), 0u);
}

TEST_F(ReplicaTest, ofWhatIsTracedTheTimeInStorageIsTold) {
  FetchRequest fetched = fetchOf();
  fetched.traceId = 0x7f;
  storage.later = true;
  const OpId read = fetch(fetched);
  loop.runFor(3_ms);
  storage.answerLook();
  EXPECT_EQ(asker.fetched.at(read).times.storage, Duration{3'000});
  EXPECT_FALSE(asker.fetched.at(read).times.had) << "the link's to say";

  ApplyRequest applied = applyOf(recordOf(stamp(5), "x"));
  applied.traceId = 0x7f;
  const OpId written = apply(applied);
  loop.runFor(1_ms);
  storage.answerLook();
  loop.runFor(4_ms);
  storage.complete();
  EXPECT_EQ(asker.applied.at(written).times.storage, Duration{5'000});

  applied.epoch = 0;
  EXPECT_FALSE(asker.applied[apply(applied)].times.storage) << "storage was not asked";
}

TEST_F(ReplicaTest, ofWhatIsNotTracedNoTimeIsTaken) {
  EXPECT_FALSE(asker.fetched[fetch(fetchOf())].times.storage);
  const OpId written = apply(applyOf(recordOf(stamp(5), "x")));
  storage.complete();
  EXPECT_FALSE(asker.applied.at(written).times.storage);
}

TEST_F(ReplicaTest, aSmallValueComesAlongUnasked) {
  storage.held["k"] = recordOf(stamp(4), Bytes(512, 'x'));
  FetchRequest lean = fetchOf();
  lean.withValue = false;
  const FetchReply reply = asker.fetched[fetch(lean)];
  EXPECT_TRUE(reply.hasValue);
  EXPECT_EQ(reply.record, storage.held["k"]);
}

TEST_F(ReplicaTest, fetchIsRefusedLikeApply) {
  FetchRequest late = fetchOf();
  late.deadline = loop.now();
  expectRefused(late, Refusal::expired);
  FetchRequest epoch = fetchOf();
  epoch.epoch = 0;
  expectRefused(epoch, Refusal::staleEpoch);
  expectRefused(fetchOf("\x89"), Refusal::notOwner);
  expectRefused(fetchOf(""), Refusal::invalid);
}

TEST_F(ReplicaTest, everyVersionSeenPushesTheClock) {
  apply(applyOf(recordOf(stamp(100), "x")));
  EXPECT_EQ(stamps.highest, stamp(100).timestamp);
  storage.held["k"] = recordOf(stamp(300), "y");
  fetch(fetchOf());
  EXPECT_EQ(stamps.highest, stamp(300).timestamp);
  storage.held["k"] = recordOf(stamp(500), "z");
  apply(applyOf(recordOf(stamp(400), "x")));
  EXPECT_EQ(stamps.highest, stamp(500).timestamp);
}

// Whatever order looks and appends come in: what is held never falls, and what was said is so.
TEST_F(ReplicaTest, theHeldVersionNeverFalls) {
  std::mt19937_64 chance(11);
  std::map<OpId, Record> asked;
  std::size_t checked = 0;
  Record highest = recordOf({1, 0}, "");
  for (int step = 0; step < 20'000; ++step) {
    storage.later = chance() % 2 == 0;
    const auto pick = chance() % 3;
    if (pick == 0) {
      const Record record = recordOf(stamp(static_cast<std::int64_t>(chance() % 50), chance() % 3),
                                     std::string(1, static_cast<char>('a' + chance() % 3)));
      asked[apply(applyOf(record))] = record;
    } else if (pick == 1 && !storage.looks.empty()) {
      storage.answerLook(chance() % storage.looks.size());
    } else if (pick == 2 && !storage.appends.empty()) {
      storage.complete(chance() % storage.appends.size());
    }
    if (chance() % 50 == 0) loop.runFor(10_us);
    const std::optional<Record>& held = storage.held["k"];
    if (!held) continue;
    ASSERT_FALSE(isNewer(highest, *held)) << "it fell";
    highest = *held;
    for (const auto& [op, reply] : asker.applied) {
      if (reply.outcome == ApplyOutcome::refused) continue;
      ASSERT_FALSE(isNewer(asked.at(op), *held)) << "acknowledged but not held";
      if (reply.outcome == ApplyOutcome::superseded) {
        ASSERT_GE(reply.held, asked.at(op).version);
      }
      ++checked;
    }
    asker.applied.clear();
  }
  EXPECT_GT(checked, 3000u);
}

TEST(ReplicaCounters, everyOneHasAName) {
  EXPECT_EQ(ReplicaCounters().named().size(), sizeof(ReplicaCounters) / sizeof(std::uint64_t));
}

}  // namespace
}  // namespace henge::replica
