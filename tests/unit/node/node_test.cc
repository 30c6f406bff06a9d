#include "server/node/node.h"

#include <gtest/gtest.h>

#include "tests/unit/node/lone_node.h"

namespace henge::node {
namespace {

class Client final : public ports::ClientSink {
 public:
  void onPut(OpId, PutAnswer answer) override { put = std::move(answer); }
  void onGot(OpId, GetAnswer answer) override { got = std::move(answer); }
  std::optional<PutAnswer> put;
  std::optional<GetAnswer> got;
};

void beginPut(LoneNode& node, Client& client, const Bytes& key) {
  PutRequest request;
  request.context.deadline = node.loop.now() + 2_s;
  request.key = key;
  request.value = "v";
  node.parts().coordinator.put(OpId{1}, client, request);
}

bool holds(LoneNode& node, const Bytes& key) {
  Client client;
  GetRequest request;
  request.context.deadline = node.loop.now() + 2_s;
  request.key = key;
  node.parts().coordinator.get(OpId{2}, client, request);
  node.loop.runUntil([&] { return client.got.has_value(); }, 5_s);
  return client.got && client.got->found();
}

struct Nobody final : ports::AcceptSink {
  void onAccepted(std::unique_ptr<ports::Socket>) override {}
  void onAcceptTrouble(const std::string&) override {}
};

TEST(Node, startsServesDrainsAndStops) {
  LoneNode node;
  node.boot();
  ASSERT_TRUE(node.serving);
  EXPECT_TRUE(node.events.mentions("recovered 0 records of 0 segments"));
  EXPECT_TRUE(node.events.mentions("serving   thrift lone:1  peers lone:2"));
  EXPECT_FALSE(node.events.mentions("no vote"));
  Client client;
  beginPut(node, client, "k");
  node.loop.runUntil([&] { return client.put.has_value(); }, 5_s);
  ASSERT_TRUE(client.put);
  EXPECT_EQ(client.put->outcome, Outcome::applied);
  node.drain();
  EXPECT_FALSE(node.stopped) << "told inside drain()";
  node.awaitEnd();
  EXPECT_EQ(node.stopped, ports::ExitCode::ok);
  EXPECT_TRUE(node.events.lines.back().starts_with("stopped   clean"));

  node.boot();
  EXPECT_TRUE(node.events.mentions("recovered 0 records of 0 segments")) << "the store has all";
  EXPECT_TRUE(holds(node, "k"));
}

TEST(Node, whatWasInWorkAtTheDrainIsEndedFirst) {
  LoneNode node;
  node.boot();
  Client client;
  beginPut(node, client, "k");
  node.drain();
  node.drain();  // a second word changes nothing
  EXPECT_TRUE(node.events.mentions("no new requests; 1 in work"));
  ASSERT_TRUE(node.loop.runUntil([&] { return node.stopped.has_value(); }, 60_s));
  ASSERT_TRUE(client.put);
  EXPECT_EQ(client.put->outcome, Outcome::applied);
}

// One that waits for a stamp, while the disk refuses to raise the clock's ceiling, is not known to
// the storage yet.
TEST(Node, aDrainWaitsForRequestsThatHaveNotReachedTheStorage) {
  LoneNode node;
  node.boot();
  node.loop.runFor(10_s);  // the ceiling that was raised at the start is below the time now
  node.files.faults().failAlways(kit::DiskCall::replace, {ErrorKind::diskFull, "no space"});
  Client client;
  beginPut(node, client, "k");
  node.loop.runFor(500_ms);
  ASSERT_FALSE(client.put);
  node.drain();
  node.loop.runFor(500_ms);
  EXPECT_FALSE(client.put || node.stopped);
  node.files.faults().heal();
  ASSERT_TRUE(node.loop.runUntil([&] { return node.stopped.has_value(); }, 60_s));
  ASSERT_TRUE(client.put);
  EXPECT_EQ(client.put->outcome, Outcome::applied);
  EXPECT_EQ(node.stopped, ports::ExitCode::ok);
}

struct HintsWaiter final : ports::AdminSink {
  void onDumped(OpId, Result<DumpPage>) override {}
  void onHintsSynced(OpId, Result<HintSync> sync) override { synced = std::move(sync); }
  std::optional<Result<HintSync>> synced;
};

TEST(Node, aDrainAnswersAtOnceWhoWaitsForHints) {
  LoneNode node;
  node.boot();
  Record record;
  record.key = "k";
  record.version = {5, 9};
  node.parts().handoff.keep(OpId{1}, {7}, record, 5);
  HintsWaiter waiter;
  node.parts().admin.syncHints(OpId{1}, waiter, node.loop.now() + 60_s);
  ASSERT_FALSE(waiter.synced);
  node.drain();
  ASSERT_TRUE(waiter.synced && waiter.synced->ok());
  EXPECT_EQ((*waiter.synced)->left, 1u);
  node.awaitEnd();
  EXPECT_EQ(node.stopped, ports::ExitCode::ok);
}

TEST(Node, aKillIsFollowedByAReplay) {
  LoneNode node;
  node.boot();
  Client client;
  beginPut(node, client, "k");
  node.loop.runUntil([&] { return client.put.has_value(); }, 5_s);
  node.kill();
  node.boot();
  EXPECT_TRUE(node.events.mentions("recovered 1 records of 1 segments"));
  EXPECT_TRUE(holds(node, "k"));
}

TEST(Node, aDrainBeforeItServesIsObeyedAndItNeverServes) {
  LoneNode node;
  node.begin();
  node.drain();
  node.awaitEnd();
  EXPECT_EQ(node.stopped, ports::ExitCode::ok);
  EXPECT_FALSE(node.serving);
}

TEST(Node, aDamagedPeersFileStopsTheStart) {
  LoneNode node;
  node.files.put("peers", "no peers file");
  node.boot();
  EXPECT_EQ(node.stopped, ports::ExitCode::badData);
  EXPECT_FALSE(node.serving);
  EXPECT_TRUE(node.events.lines.back().starts_with("stopped   "));
}

TEST(Node, aPortInUseStopsTheStart) {
  LoneNode node;
  const auto network = node.network();
  Nobody nobody;
  const auto taken = network->listen({"lone", 1}, nobody);
  ASSERT_TRUE(taken.ok());
  node.boot();
  EXPECT_EQ(node.stopped, ports::ExitCode::cannotCreate);
  EXPECT_FALSE(node.serving);
  EXPECT_TRUE(node.events.mentions("port 1 on lone is in use"));
}

TEST(Node, whatGivesUpSafetyIsSaidAtStart) {
  LoneNode node;
  node.boot();
  EXPECT_FALSE(node.events.mentions("--log_sync"));
  node.kill();
  node.options.storage.logSync = storage::LogSync::periodic;
  node.boot();
  EXPECT_TRUE(node.events.mentions("--log_sync periodic: a power cut loses writes"));
}

const std::string first = "log/0/segment-0000000000000001.log";

// Two segments hold something; the first has lost all of it.
void loseTheFirstSegment(LoneNode& node) {
  node.boot();
  Client client;
  beginPut(node, client, "k");
  node.loop.runUntil([&] { return client.put.has_value(); }, 5_s);
  node.loop.runFor(15_s);  // its segment ends; the next write opens another
  beginPut(node, client, "l");
  node.loop.runFor(1_s);
  node.kill();
  ASSERT_TRUE(node.files.contents(first));
  node.files.put(first, "");
}

TEST(Node, damageIsOnDiskAsALostVoteBeforeAnybodyIsServed) {
  LoneNode node;
  loseTheFirstSegment(node);
  node.boot();
  ASSERT_TRUE(node.serving);
  EXPECT_TRUE(node.events.mentions("damage    " + first + " is damaged at 0"));
  EXPECT_TRUE(node.events.mentions("no vote   " + first));
  node.kill();
  node.files.powerCut();
  node.boot();
  EXPECT_TRUE(node.parts().peerBook.mustRebuild()) << "the damage itself is not found again";
}

// The segment is moved aside before the node's own mark is on disk; a crash in between must not
// give it its vote back.
TEST(Node, aCrashBetweenTheMovingAsideAndTheMarkKeepsTheVoteLost) {
  LoneNode node;
  loseTheFirstSegment(node);
  const std::string aside = "log/0/quarantine/segment-0000000000000001.log";
  node.begin();
  ASSERT_TRUE(node.loop.runUntil([&] { return node.files.contents(aside).has_value(); }, 60_s));
  node.kill();
  node.files.powerCut();
  ASSERT_TRUE(node.files.contents(aside));
  ASSERT_EQ(node.files.contents("peers")->find("damaged"), Bytes::npos) << "not yet marked";
  node.boot();
  ASSERT_TRUE(node.serving);
  EXPECT_TRUE(node.parts().peerBook.mustRebuild());
}

// Its process dies before the marks are on disk. The next start does not find the damage again,
// only that no operator has accepted it.
TEST(Node, damageMarksWhatHintsMayBeLostOfAtEachStartUntilItIsAccepted) {
  LoneNode node(2);
  node.boot();
  Record record;
  record.key = "k";
  record.version = {5, 9};
  node.parts().handoff.keep(OpId{1}, {1}, record, 5);
  node.loop.runFor(15_s);  // its segment ends; the next hint opens another
  node.parts().handoff.keep(OpId{2}, {1}, record, 5);
  node.loop.runFor(1_s);
  node.kill();
  ASSERT_TRUE(node.files.contents(first));
  node.files.put(first, "");
  node.begin();
  ASSERT_TRUE(node.loop.runUntil([&] { return node.events.mentions("recovered"); }, 60_s));
  node.kill();
  node.files.powerCut();
  node.boot();
  ASSERT_TRUE(node.serving);
  EXPECT_EQ(node.parts().handoff.rangesToRepair(), 6u) << "three ranges of two others";
}

TEST(Node, acceptingItsDirectoryMarksWhatHintsMayBeLostOf) {
  LoneNode node(2);
  node.boot();
  node.parts().peerBook.markRebuilding("an old copy");
  EXPECT_EQ(node.parts().handoff.rangesToRepair(), 0u);
  ASSERT_TRUE(node.parts().admin.accept(NodeId{0}, node.parts().own.identity.directory).ok());
  EXPECT_EQ(node.parts().handoff.rangesToRepair(), 6u);
}

TEST(Node, onStopADamagedLogEndsTheStartWithItsOwnCode) {
  LoneNode node;
  loseTheFirstSegment(node);
  node.options.storage.onLogDamage = storage::OnLogDamage::stop;
  node.boot();
  EXPECT_EQ(node.stopped, ports::ExitCode::logDamaged);
  EXPECT_FALSE(node.serving);
  EXPECT_TRUE(node.events.lines.back().starts_with("stopped   " + first + " is damaged at 0"));
  EXPECT_TRUE(node.events.mentions("any key of this node"));
  EXPECT_TRUE(node.events.mentions("--on_log_damage=quarantine"));
}

TEST(Node, whatIsAcceptedIsNamedAndIsNotFoundAgain) {
  LoneNode node;
  loseTheFirstSegment(node);
  node.boot();
  const LogView log = node.parts().admin.log();
  ASSERT_EQ(log.damage.size(), 1u);
  const std::string lost = toString(log.damage[0]);
  EXPECT_EQ(log.damage[0].file, first);
  const DirectoryId directory = node.parts().own.identity.directory;
  const auto wrong = node.parts().admin.accept(NodeId{0}, DirectoryId{directory.value ^ 1});
  ASSERT_FALSE(wrong.ok());
  EXPECT_EQ(node.parts().admin.log().damage.size(), 1u);
  const auto said = node.parts().admin.accept(NodeId{0}, directory);
  ASSERT_TRUE(said.ok());
  EXPECT_NE(said->find(lost), std::string::npos) << *said;
  EXPECT_TRUE(node.events.mentions("accepted  " + lost));
  EXPECT_TRUE(node.parts().admin.log().damage.empty());
  node.loop.runFor(1_s);
  node.kill();
  node.files.powerCut();
  node.boot();
  EXPECT_FALSE(node.parts().peerBook.mustRebuild());
  EXPECT_TRUE(node.files.contents("log/0/quarantine/segment-0000000000000001.log"));
}

TEST(Node, aDamagedStoreIsALostVoteOnDiskAndTheNodeGoesOnAnswering) {
  LoneNode node;
  node.boot();
  Client client;
  beginPut(node, client, "k");
  node.loop.runFor(15_s);  // its segment has ended: it is in the store
  node.store.breakDown({ErrorKind::corrupt, "block checksum mismatch in store/000012.sst"});
  EXPECT_TRUE(node.parts().peerBook.mustRebuild());
  EXPECT_TRUE(node.events.mentions("damage    the store is damaged: block checksum mismatch"));
  EXPECT_EQ(node.parts().admin.status().state, "rebuilding");
  EXPECT_NE(node.parts().admin.status().stateReason.find("store/000012.sst"), std::string::npos);
  EXPECT_FALSE(holds(node, "k"));
  node.loop.runFor(10_s);
  EXPECT_FALSE(node.stopped);
  node.kill();
  node.store.heal();
  node.boot();
  EXPECT_TRUE(node.parts().peerBook.mustRebuild()) << "who was damaged stays so over a restart";
}

TEST(Node, aStoreThatWasSetAsideCostsTheVoteUnlessTheLogHasEverything) {
  for (const bool whole : {true, false}) {
    LoneNode node;
    node.boot();
    Client client;
    beginPut(node, client, "k");
    node.loop.runFor(1_s);
    if (whole) {
      node.kill();
    } else {
      node.drain();  // the store has all of it, the log drops what it held
      node.awaitEnd();
    }
    node.inner.replaceAll({});
    node.options.storeSetAside = "the store was damaged and has been set aside as store.damaged-1";
    node.boot();
    ASSERT_TRUE(node.serving);
    EXPECT_TRUE(node.events.mentions("damage    the store was damaged"));
    EXPECT_EQ(node.parts().peerBook.mustRebuild(), !whole);
    if (!whole) {
      EXPECT_NE(node.parts().peerBook.ownReason().find("store.damaged-1"), std::string::npos);
    }
  }
}

TEST(Node, aFullDiskIsShownAndPutsSayIt) {
  LoneNode node;
  node.options.storage.ballastBytes = 10'000;
  node.boot();
  EXPECT_EQ(node.parts().admin.status().stateReason, "");
  node.files.setCapacity(node.files.bytesUsed() + 9'000);
  Client client;
  beginPut(node, client, "k");
  node.loop.runFor(2_s);
  beginPut(node, client, "k");
  node.loop.runFor(2_s);
  client.put.reset();
  beginPut(node, client, "k");
  node.loop.runUntil([&] { return client.put.has_value(); }, 5_s);
  ASSERT_TRUE(client.put && client.put->error);
  EXPECT_EQ(client.put->outcome, Outcome::surelyNotApplied);
  EXPECT_NE(client.put->error->message.find("diskFull: "), std::string::npos)
      << client.put->error->message;
  const NodeStatus status = node.parts().admin.status();
  EXPECT_EQ(status.state, "serving");
  EXPECT_TRUE(status.stateReason.starts_with("diskFull: ")) << status.stateReason;
  EXPECT_EQ(status.counters.at("disk_short"), 1);
  EXPECT_LE(status.counters.at("disk_free_bytes"), 9'000);
  EXPECT_GT(status.counters.at("disk_needed_bytes"), 10'000);
}

// "A slow disk never blocks a loop": both lanes stand still for a minute.
TEST(Node, readsFromMemoryAreAnsweredWhileTheDiskStandsStill) {
  LoneNode node;
  node.boot();
  Client client;
  beginPut(node, client, "k");
  node.loop.runUntil([&] { return client.put.has_value(); }, 5_s);
  node.files.stall(node.loop.now() + 60_s);
  Client waits;
  beginPut(node, waits, "l");
  const MonoTime before = node.loop.now();
  for (int i = 0; i < 100; ++i) EXPECT_TRUE(holds(node, "k"));
  EXPECT_LT((node.loop.now() - before).micros, 1'000'000);
  EXPECT_EQ(node.parts().admin.status().state, "serving");
  EXPECT_FALSE(waits.put);
  node.loop.runFor(90_s);
  EXPECT_TRUE(waits.put);
}

}  // namespace
}  // namespace henge::node
