#include "wire/store_client.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/unit/wire/listening.h"
#include "tests/unit/wire/raw_server.h"

namespace henge::wire {
namespace {

constexpr Duration patience = 20_s;

// A node whose loop runs in a thread.
struct Serving {
  Serving() { at.clients.answersAtOnce = true; }
  Address address() { return {"127.0.0.1", at.listener.port()}; }
  StoreClient connect() {
    Result<StoreClient> client = StoreClient::connect(address(), patience);
    return std::move(client.value());
  }
  void run() { thread = std::make_unique<LoopThread>(at.loop); }

  Listening at;
  std::unique_ptr<LoopThread> thread;
};

PutRequest putRequest(const Bytes& key, const Bytes& value) {
  PutRequest request;
  request.key = key;
  request.value = value;
  return request;
}

GetRequest getRequest(const Bytes& key) {
  GetRequest request;
  request.key = key;
  return request;
}

TEST(StoreClient, greetsPutsAndGets) {
  Serving node;
  node.run();
  StoreClient client = node.connect();
  const Result<NodeGreeting> greeting = client.hello(patience);
  ASSERT_TRUE(greeting.ok());
  EXPECT_EQ(greeting->node, NodeId{1});
  EXPECT_EQ(greeting->clusterName, "test");
  EXPECT_EQ(greeting->limits.valueBytesMax, Limits().valueBytesMax);
  EXPECT_EQ(greeting->writer, 0x77U);

  const Bytes value("\0\xff value", 8);
  const Result<PutAnswer> put = client.put(putRequest("key", value), patience);
  ASSERT_TRUE(put.ok());
  EXPECT_EQ(put->outcome, Outcome::applied);
  EXPECT_EQ(put->missed, (std::vector<NodeId>{{3}}));
  const Result<GetAnswer> got = client.get(getRequest("key"), patience);
  ASSERT_TRUE(got.ok());
  ASSERT_TRUE(got->found());
  EXPECT_EQ(got->record->value, value);
  EXPECT_EQ(got->record->key, "key");
  const Result<GetAnswer> none = client.get(getRequest("other"), patience);
  ASSERT_TRUE(none.ok());
  EXPECT_FALSE(none->record);
}

TEST(StoreClient, carriesTheLargestValueBothWays) {
  Serving node;
  node.run();
  StoreClient client = node.connect();
  const Bytes value(Limits().valueBytesMax, 'v');
  ASSERT_TRUE(client.put(putRequest("k", value), patience).ok());
  EXPECT_EQ(client.get(getRequest("k"), patience)->record->value, value);
}

TEST(StoreClient, readsTypedErrorsAndStaysOpen) {
  Serving node;
  node.run();
  StoreClient client = node.connect();
  const Result<PutAnswer> put = client.put(putRequest("", "v"), patience);
  ASSERT_TRUE(put.ok());
  ASSERT_TRUE(put->error);
  EXPECT_EQ(put->error->kind, RequestErrorKind::invalidRequest);
  EXPECT_EQ(put->outcome, Outcome::surelyNotApplied);
  EXPECT_EQ(put->error->limit, Limits().keyBytesMax);
  EXPECT_TRUE(client.isOpen());
  EXPECT_TRUE(client.get(getRequest("k"), patience).ok());
}

TEST(StoreClient, readsWhatToolsAsk) {
  Serving node;
  RingView& ring = node.at.admin.ringView;
  ring.cluster = clusterOf({9100, 9101, 9102});
  ring.cluster.partitioner = Partitioner::hash;
  ring.ringHash = 0xffff'ffff'ffff'fff0;
  ring.node = {1};
  for (const Member& member : ring.cluster.members) {
    ring.members.emplace_back().member = member;
  }
  ring.members[0].liveness = Liveness::up;
  ring.members[1].liveness = Liveness::rebuilding;
  ring.members[1].reason = "lost its log";
  ring.members[2].since = 1500_ms;
  ring.members[2].directory = {0x8000'0000'0000'0001};
  NodeStatus& status = node.at.admin.nodeStatus;
  status.node = {1};
  status.state = "serving";
  status.counters = {{"puts", 7}};
  status.synced = {3, 900};
  status.boot = 5;
  node.at.admin.logView.end = {3, 950};
  node.at.admin.page = DumpPage{{recordOf("a", "1"), recordOf("b", "")}, true, "more"};
  node.run();

  StoreClient client = node.connect();
  const Result<RingView> seenRing = client.ring(patience);
  ASSERT_TRUE(seenRing.ok());
  EXPECT_EQ(seenRing->cluster, ring.cluster);
  EXPECT_EQ(seenRing->ringHash, ring.ringHash);
  EXPECT_EQ(seenRing->members[0].liveness, Liveness::up);
  EXPECT_EQ(seenRing->members[1].liveness, Liveness::rebuilding);
  EXPECT_EQ(seenRing->members[1].reason, "lost its log");
  EXPECT_EQ(seenRing->members[2].since, 1500_ms);
  EXPECT_EQ(seenRing->members[2].directory, ring.members[2].directory);

  const Result<NodeStatus> seenStatus = client.status(patience);
  ASSERT_TRUE(seenStatus.ok());
  EXPECT_EQ(seenStatus->state, "serving");
  EXPECT_EQ(seenStatus->counters.at("puts"), 7);
  EXPECT_EQ(seenStatus->synced, (LogPosition{3, 900}));
  EXPECT_EQ(seenStatus->boot, 5U);

  const Result<LogView> seenLog = client.log(patience);
  ASSERT_TRUE(seenLog.ok());
  EXPECT_EQ(seenLog->end, (LogPosition{3, 950}));

  DumpQuery query;
  query.fromKey = "a";
  query.recordsMax = 2;
  const Result<DumpPage> page = client.dump(query, patience);
  ASSERT_TRUE(page.ok());
  ASSERT_EQ(page->records.size(), 2U);
  EXPECT_EQ(page->records[1], recordOf("b", ""));
  EXPECT_EQ(page->resumeKey, "more");
  EXPECT_EQ(*client.accept({1}, {9}, patience), "n1 is taken as it is");
}

TEST(StoreClient, readsWhatIsSaidOfHints) {
  Serving node;
  HintTargetView& away = node.at.admin.hintsView.targets.emplace_back();
  away.target = {3};
  away.count = 7;
  away.state = "waiting";
  node.at.admin.synced = HintSync{7, 5, 1, 1};
  node.run();
  StoreClient client = node.connect();
  const Result<HintsView> seenHints = client.hints(patience);
  ASSERT_TRUE(seenHints.ok());
  EXPECT_EQ(seenHints->targets, node.at.admin.hintsView.targets);
  EXPECT_EQ(*client.syncHints(patience), (HintSync{7, 5, 1, 1}));
}

TEST(StoreClient, tooManySyncPointsAreOverload) {
  Serving node;
  node.at.admin.synced = Error{ErrorKind::overloaded, "too many wait for hints already"};
  node.run();
  StoreClient client = node.connect();
  const Result<HintSync> synced = client.syncHints(patience);
  ASSERT_FALSE(synced.ok());
  EXPECT_EQ(synced.error().kind, ErrorKind::overloaded);
  EXPECT_EQ(synced.error().message, "too many wait for hints already");
}

TEST(StoreClient, saysWhyItCannotConnect) {
  std::uint16_t nobody = 0;
  {
    const Listening gone;
    nobody = gone.listener.port();
  }
  const Result<StoreClient> client = StoreClient::connect({"127.0.0.1", nobody}, patience);
  ASSERT_FALSE(client.ok());
  EXPECT_EQ(client.error().kind, ErrorKind::unavailable);
  EXPECT_EQ(client.error().message, "connection refused");
  const Result<StoreClient> nameless = StoreClient::connect({"no.such.host.invalid", 1}, patience);
  ASSERT_FALSE(nameless.ok());
  EXPECT_EQ(nameless.error().kind, ErrorKind::unavailable);
}

TEST(StoreClient, endsWaitingWhenInterrupted) {
  const Listening silent;  // its loop never runs
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  Result<StoreClient> client =
      StoreClient::connect({"127.0.0.1", silent.listener.port()}, patience, ends[0]);
  ASSERT_TRUE(client.ok());
  ASSERT_EQ(::write(ends[1], "!", 1), 1);
  const Result<PutAnswer> put = client->put(putRequest("k", "v"), patience);
  ASSERT_FALSE(put.ok());
  EXPECT_EQ(put.error().kind, ErrorKind::timeout) << "it may have arrived";
  EXPECT_EQ(put.error().message, "interrupted");
  ::close(ends[0]);
  ::close(ends[1]);
}

// What a put is answered when the server does `serve` to the connection.
Result<PutAnswer> putAgainst(const std::function<void(RawServer::Connection&)>& serve,
                             Duration timeout, bool* stillOpen = nullptr) {
  RawServer server(serve);
  Result<StoreClient> client = StoreClient::connect({"127.0.0.1", server.port()}, patience);
  if (!client.ok()) return client.error();
  const Result<PutAnswer> put = client->put(putRequest("k", "v"), timeout);
  if (stillOpen != nullptr) *stillOpen = client->isOpen();
  if (client->isOpen()) return put;
  const Result<PutAnswer> again = client->put(putRequest("k", "v"), timeout);
  EXPECT_EQ(again.error().kind, ErrorKind::unavailable);
  return put;
}

TEST(StoreClient, aConnectionLostInMidCallLeavesThePutUnknown) {
  bool stillOpen = true;
  const auto put = putAgainst([](RawServer::Connection& c) { c.receive(); }, patience, &stillOpen);
  ASSERT_FALSE(put.ok());
  EXPECT_EQ(put.error().kind, ErrorKind::timeout);
  EXPECT_FALSE(stillOpen);
}

TEST(StoreClient, silenceUntilTheTimeoutLeavesThePutUnknown) {
  const auto put = putAgainst([](RawServer::Connection& c) { c.receiveUntilEnd(); }, 50_ms);
  ASSERT_FALSE(put.ok());
  EXPECT_EQ(put.error().kind, ErrorKind::timeout);
  EXPECT_EQ(put.error().message, "no answer in time");
}

TEST(StoreClient, nonsenseIsNoAnswer) {
  const auto answering = [](const Bytes& bytes) {
    return putAgainst(
        [bytes](RawServer::Connection& c) {
          c.receive();
          c.send(bytes);
          c.receiveUntilEnd();
        },
        patience);
  };
  EXPECT_EQ(answering("HTTP/1.1 400 Bad Request\r\n").error().kind, ErrorKind::corrupt);
  EXPECT_EQ(answering(framed("nonsense")).error().kind, ErrorKind::corrupt);
  EXPECT_EQ(answering(Bytes("\x7f\xff\xff\xff", 4)).error().kind, ErrorKind::corrupt);
  // A good answer, to another request.
  EXPECT_EQ(answering(framed(Bytes("\x80\x01\x00\x02\x00\x00\x00\x03put\x00\x00\x00\x63\x00", 16)))
                .error()
                .message,
            "what came back is no answer: it answers another request");
}

TEST(StoreClient, aConnectionThatEndedEarlierIsSurelyNotSentOn) {
  Result<StoreClient> client = Error{ErrorKind::unavailable, "not yet"};
  {
    RawServer server([](RawServer::Connection&) {});
    client = StoreClient::connect({"127.0.0.1", server.port()}, patience);
    ASSERT_TRUE(client.ok());
  }  // by now the connection has ended, served or not
  const Result<PutAnswer> put = client->put(putRequest("k", "v"), patience);
  ASSERT_FALSE(put.ok());
  EXPECT_EQ(put.error().kind, ErrorKind::unavailable);
  EXPECT_FALSE(client->isOpen());
}

}  // namespace
}  // namespace henge::wire
