// The client with its thread, against a door with real sockets.
#include "client/library/client.h"

#include <atomic>
#include <future>
#include <gtest/gtest.h>
#include <thread>

#include "tests/unit/wire/listening.h"

namespace henge {
namespace {

using namespace std::chrono_literals;

// A node whose loop runs in a thread.
struct ServedNode {
  explicit ServedNode(bool answers = true) {
    at.clients.answersAtOnce = answers;
    thread = std::make_unique<wire::LoopThread>(at.loop);
  }
  Client open(std::size_t requestsMax = 1024) const {
    ClientOptions options;
    options.nodes = {"127.0.0.1:" + std::to_string(at.listener.port())};
    options.deadline = 20s;
    options.requestsInFlightMax = requestsMax;
    Result<Client> client = Client::open(options);
    return std::move(client.value());
  }

  wire::Listening at;
  std::unique_ptr<wire::LoopThread> thread;
};

TEST(Client, putsGetsAndRemoves) {
  const ServedNode node;
  Client client = node.open();
  const Bytes value("\0\xff", 2);
  const PutResult put = client.put("k", value);
  ASSERT_TRUE(put.ok()) << put.failure->message;
  EXPECT_EQ(put.needed, 2);
  EXPECT_EQ(client.get("k").value, value);
  EXPECT_EQ(client.get("other").value, std::nullopt);
  EXPECT_TRUE(client.remove("k").ok());
  EXPECT_EQ(client.counters().requests, 4u);
  EXPECT_EQ(client.counters().nodesUp, 1u);
}

TEST(Client, isUsedByManyThreadsAtOnce) {
  const ServedNode node;
  Client client = node.open(64);
  constexpr int threads = 4, each = 200;
  std::atomic<int> good = 0;
  {
    std::vector<std::jthread> callers;
    for (int t = 0; t < threads; ++t) {
      callers.emplace_back([&, t] {
        for (int i = 0; i < each; ++i) {
          const std::string key = std::to_string(t) + "." + std::to_string(i);
          if (client.put(key, key).ok() && client.get(key).value == key) ++good;
        }
      });
    }
  }
  EXPECT_EQ(good, threads * each);
}

TEST(Client, callsBackOnceEachOnOneThreadOfItsOwn) {
  const ServedNode node;
  std::atomic<int> calls = 0;
  std::set<std::thread::id> callers;
  constexpr int asked = 500;
  {
    Client client = node.open();
    std::promise<void> all;
    for (int i = 0; i < asked; ++i) {
      const Result<Client::Ticket> begun = client.beginGet("k", {}, [&](const GetResult& result) {
        EXPECT_TRUE(result.ok());
        callers.insert(std::this_thread::get_id());
        if (++calls == asked) all.set_value();
      });
      ASSERT_TRUE(begun.ok());
    }
    all.get_future().wait();
  }
  EXPECT_EQ(calls, asked);
  EXPECT_EQ(callers.size(), 1u);
  EXPECT_FALSE(callers.contains(std::this_thread::get_id()));
}

TEST(Client, atItsLimitItRefusesAtOnceOrWaits) {
  const ServedNode silent(false);
  Client client = silent.open(2);
  std::atomic<int> ended = 0;
  const auto count = [&](const GetResult&) { ++ended; };
  const Result<Client::Ticket> first = client.beginGet("k", {}, count);
  ASSERT_TRUE(first.ok());
  ASSERT_TRUE(client.beginGet("k", {}, count).ok());
  const Result<Client::Ticket> third = client.beginGet("k", {}, count);
  ASSERT_FALSE(third.ok());
  EXPECT_EQ(third.error().kind, ErrorKind::overloaded);
  const GetResult waited = client.get("k", {.deadline = 5ms});
  EXPECT_EQ(waited.failure->kind, FailureKind::overloaded);

  client.cancel(*first);  // makes room
  const PutResult put = client.put("k", "v", {.deadline = 100ms});
  EXPECT_NE(put.failure->kind, FailureKind::overloaded);
  EXPECT_EQ(ended, 1);
}

TEST(Client, endsWhatIsUnderWayWhenItIsDestroyed) {
  const ServedNode silent(false);
  std::vector<PutResult> ended;
  {
    Client client = silent.open();
    for (int i = 0; i < 50; ++i) {
      ASSERT_TRUE(
          client
              .beginPut("k", "v", {}, [&](PutResult result) { ended.push_back(std::move(result)); })
              .ok());
    }
  }
  ASSERT_EQ(ended.size(), 50u);
  for (const PutResult& result : ended) {
    EXPECT_NE(result.outcome, Outcome::applied);
    EXPECT_EQ(result.failure->kind, FailureKind::closed);
  }
}

TEST(Client, callbacksMayBeginButNotWait) {
  const ServedNode node;
  Client client = node.open();
  std::promise<GetResult> chained;
  std::promise<FailureKind> refused;
  const Result<Client::Ticket> begun = client.beginPut("k", "v", {}, [&](const PutResult& put) {
    EXPECT_TRUE(put.ok());
    refused.set_value(client.get("k").failure->kind);
    EXPECT_TRUE(
        client.beginGet("k", {}, [&](GetResult got) { chained.set_value(std::move(got)); }).ok());
  });
  ASSERT_TRUE(begun.ok());
  EXPECT_EQ(refused.get_future().get(), FailureKind::invalidRequest);
  EXPECT_EQ(chained.get_future().get().value, "v");
}

TEST(Client, saysWhomItCouldNotReach) {
  std::uint16_t nobody = 0;
  {
    const wire::Listening gone;
    nobody = gone.listener.port();
  }
  const std::string address = "127.0.0.1:" + std::to_string(nobody);
  Result<Client> client = Client::open({.nodes = {address}});
  ASSERT_TRUE(client.ok());
  const PutResult put = client->put("k", "v", {.deadline = 200ms});
  EXPECT_EQ(put.outcome, Outcome::surelyNotApplied);
  ASSERT_TRUE(put.failure);
  EXPECT_EQ(put.failure->kind, FailureKind::unreachable);
  EXPECT_EQ(put.failure->message, "no node could be reached: " + address + ": connection refused");
}

TEST(Client, refusesWhatBreaksARule) {
  EXPECT_FALSE(Client::open({}).ok());
  EXPECT_FALSE(Client::open({.nodes = {"nowhere"}}).ok());
  EXPECT_FALSE(Client::open({.nodes = {"h:1"}, .deadline = 0ms}).ok());
  EXPECT_FALSE(Client::open({.nodes = {"h:1"}, .requestsInFlightMax = 0}).ok());
  EXPECT_FALSE(Client::open({.nodes = {"h:1"}, .connectionsPerNode = 65}).ok());
  const ServedNode node;
  Client client = node.open();
  const GetResult late = client.get("k", {.deadline = 61s});
  ASSERT_TRUE(late.failure);
  EXPECT_EQ(late.failure->message, "the deadline is 61000 ms; it must be 1 to 60000");
  EXPECT_FALSE(client.beginGet("k", {}, nullptr).ok());
  EXPECT_EQ(client.put("", "v").failure->kind, FailureKind::invalidRequest);
}

}  // namespace
}  // namespace henge
