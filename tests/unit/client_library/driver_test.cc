#include "client/library/driver.h"

#include <gtest/gtest.h>

#include "tests/unit/client_library/driver_script.h"
#include "tests/unit/wire/raw_client.h"

namespace henge::library {
namespace {

TEST(Driver, script) {
  DriverScript script;
  golden::runScript("driver.txt", [&](const golden::Command& c) { return script.run(c); });
}

TEST(Driver, manyRequestsOfARoundLeaveInOneWrite) {
  Stage stage;
  stage.acceptAll();
  stage.nodes.at(1)->socket()->sent.clear();
  for (int i = 0; i < 100; ++i) {
    stage.driver.ask({static_cast<std::uint64_t>(1000 + i)}, Stage::putOf("k", "v"));
  }
  EXPECT_TRUE(stage.nodes.at(1)->socket()->sent.empty()) << "before the round's end";
  stage.settle();
  EXPECT_GT(stage.nodes.at(1)->service.puts.size(), 20u);
}

TEST(Driver, answersMayOvertake) {
  Stage stage({1});
  stage.accept(1);
  const OpId first = stage.ask(Stage::getOf("k"));
  const OpId second = stage.ask(Stage::getOf("k"));
  auto& gets = stage.nodes.at(1)->service.gets;
  ASSERT_EQ(gets.size(), 2u);
  stage.nodes.at(1)->service.answer(gets[1], wire::FakeClientService::found("k", "second"));
  stage.settle();
  EXPECT_FALSE(stage.gets.contains(first));
  EXPECT_EQ(stage.gets.at(second).value, "second");
  stage.nodes.at(1)->service.answer(gets[0], wire::FakeClientService::found("k", "first"));
  stage.settle();
  EXPECT_EQ(stage.gets.at(first).value, "first");
}

TEST(Driver, itsStampsAreAboveWhatItHasRead) {
  Stage stage;
  stage.accept(1);
  (void)stage.ask(Stage::getOf("k"));
  auto& service = stage.nodes.at(1)->service;
  GetAnswer answer = wire::FakeClientService::found("k", "v");
  const std::int64_t ahead = stage.loop.wall().micros + 30'000'000;
  answer.record->version = {ahead, 7};
  service.answer(service.gets.front(), answer);
  stage.settle();
  (void)stage.ask(Stage::putOf("k", "w"));
  ASSERT_TRUE(service.puts.back().request.version);
  EXPECT_GT(service.puts.back().request.version->timestamp, ahead);
}

TEST(Driver, aRequestTellsItsWayIfAsked) {
  Stage stage({1});
  stage.accept(1);
  auto& service = stage.nodes.at(1)->service;
  Ask traced = Stage::getOf("k");
  traced.trace = true;
  const OpId told = stage.ask(traced);
  const OpId plain = stage.ask(Stage::getOf("k"));
  ASSERT_EQ(service.gets.size(), 2u);
  EXPECT_TRUE(service.gets[0].request.context.trace);
  EXPECT_FALSE(service.gets[1].request.context.trace);
  GetAnswer answer = wire::FakeClientService::found("k", "v");
  service.answer(service.gets[1], answer);
  answer.trace = "trace 7  get k\n";
  service.answer(service.gets[0], answer);
  stage.settle();
  EXPECT_EQ(stage.gets.at(told).trace, "trace 7  get k\n");
  EXPECT_EQ(stage.gets.at(plain).trace, "");
}

TEST(Driver, aFailureHasTheWayThatWasToldLast) {
  Stage stage({1});
  stage.accept(1);
  auto& service = stage.nodes.at(1)->service;
  Ask traced = Stage::putOf("k", "v");
  traced.trace = true;
  traced.retry = Retry::never;
  const OpId op = stage.ask(traced);
  ASSERT_EQ(service.puts.size(), 1u);
  EXPECT_TRUE(service.puts[0].request.context.trace);
  PutAnswer answer;
  answer.outcome = Outcome::unknown;
  answer.error.emplace();
  answer.error->kind = RequestErrorKind::timeout;
  answer.trace = "trace 8  put k\n";
  service.answer(service.puts[0], answer);
  stage.settle();
  ASSERT_TRUE(stage.puts.contains(op));
  EXPECT_EQ(stage.puts.at(op).failure->kind, FailureKind::timeout);
  EXPECT_EQ(stage.puts.at(op).trace, "trace 8  put k\n");
}

TEST(Driver, aKeyOrAValueBeyondTheNodesLimitsIsNotSent) {
  Stage stage;
  stage.accept(1);
  const OpId empty = stage.ask(Stage::putOf("", "v"));
  const OpId large = stage.ask(Stage::putOf("k", Bytes(Limits().valueBytesMax + 1, 'v')));
  for (const OpId op : {empty, large}) {
    EXPECT_EQ(stage.puts.at(op).outcome, Outcome::surelyNotApplied);
    EXPECT_EQ(stage.puts.at(op).failure->kind, FailureKind::invalidRequest);
  }
  EXPECT_TRUE(stage.nodes.at(1)->service.puts.empty());
}

TEST(Driver, asksNoOtherNodeThanItWasGivenIfToldSo) {
  for (const bool asksOnlySeeds : {false, true}) {
    Stage stage({1, 3}, 100, asksOnlySeeds);
    stage.acceptAll();
    ASSERT_NE(stage.driver.ring(), nullptr);
    for (int i = 0; i < 12; ++i) {
      (void)stage.ask(Stage::getOf("k"));  // on n4, n1 and n2
      stage.acceptAll();
    }
    EXPECT_EQ(stage.nodes.at(2)->isConnected(), !asksOnlySeeds);
    EXPECT_EQ(stage.nodes.at(4)->isConnected(), !asksOnlySeeds);
    EXPECT_EQ(stage.nodes.at(1)->service.gets.size() == 12U, asksOnlySeeds) << "the replica";
  }
}

TEST(Driver, aNodeOfAnotherClusterIsNotUsed) {
  Stage stage({1, 2});
  Cluster other = Stage::clusterOfFour();
  other.id = {0xbad};
  other.name = "other";
  stage.nodes.at(2)->setRing(other);
  stage.accept(1);
  stage.accept(2);
  EXPECT_FALSE(stage.nodes.at(2)->isConnected());
  EXPECT_EQ(stage.driver.counters().nodesUp, 1u);
}

TEST(Driver, learnsANewRingWhenAnAnswerBearsItsEpoch) {
  Stage stage;
  stage.accept(1);
  ASSERT_NE(stage.driver.ring(), nullptr);
  EXPECT_EQ(stage.driver.ring()->cluster().epoch, 1u);
  stage.wait(2_s);
  Cluster changed = Stage::clusterOfFour();
  changed.epoch = 2;
  changed.members[2].tokens = {"j"};
  auto& node = *stage.nodes.at(1);
  node.setRing(changed);
  const OpId op = stage.ask(Stage::putOf("k", "v"));
  ASSERT_EQ(node.service.puts.size(), 1u);
  node.service.answer(node.service.puts.front(), wire::FakeClientService::applied());
  stage.settle();
  EXPECT_TRUE(stage.puts.at(op).ok());
  EXPECT_EQ(stage.driver.ring()->cluster().epoch, 2u);
  EXPECT_EQ(stage.driver.ring()->replicasOf("k").front(), NodeId{3});
  EXPECT_EQ(stage.driver.counters().ringsLearned, 2u);
}

TEST(Driver, aNodeThatIsSilentWithRequestsOnItIsLeftAside) {
  Stage stage({1, 2, 4});
  stage.acceptAll();
  const OpId slow = stage.ask(Stage::getOf("k"));
  stage.wait(300_ms);
  std::uint32_t silent = 0;
  for (const std::uint32_t n : {1U, 2U, 4U}) {
    if (!stage.nodes.at(n)->service.gets.empty()) silent = n;
  }
  for (int i = 0; i < 30; ++i) (void)stage.ask(Stage::getOf("k"));
  EXPECT_EQ(stage.nodes.at(silent)->service.gets.size(), 1u);
  EXPECT_FALSE(stage.gets.contains(slow));
}

// Gets that n1, n2 and n4 answer after a millisecond each.
void answerQuickly(Stage& stage, int reads) {
  for (int i = 0; i < reads; ++i) {
    (void)stage.ask(Stage::getOf("k"));
    stage.wait(1_ms);
    for (const auto& [n, node] : stage.nodes) {
      while (!node->service.gets.empty()) {
        const auto get = node->service.gets.front();
        node->service.gets.pop_front();
        node->service.answer(get, wire::FakeClientService::found("k", "v"));
      }
    }
    stage.settle();
  }
}

std::size_t askedOf(const Stage& stage) {
  std::size_t asked = 0;
  for (const auto& [n, node] : stage.nodes) asked += node->service.gets.size();
  return asked;
}

TEST(Driver, aReadThatIsSlowerThanNearlyAllIsSentToASecondReplica) {
  Stage stage({1, 2, 4});
  stage.acceptAll();
  answerQuickly(stage, 200);
  const OpId slow = stage.ask(Stage::getOf("k"));
  stage.wait(ReadPatience::least);
  ASSERT_EQ(askedOf(stage), 2u);
  EXPECT_EQ(stage.driver.counters().hedges, 1u);
  EXPECT_EQ(stage.driver.counters().resends, 0u) << "a budget of its own";
  answerQuickly(stage, 1);
  EXPECT_TRUE(stage.gets.at(slow).ok());

  Ask alone = Stage::getOf("k");
  alone.retry = Retry::never;
  (void)stage.ask(std::move(alone));
  stage.wait(20_ms);
  EXPECT_EQ(askedOf(stage), 1u) << "forbidden";
}

TEST(Driver, whenAllReadsAreSlowOnlyAFewAreHedged) {
  Stage stage({1, 2, 4});
  stage.acceptAll();
  answerQuickly(stage, 200);
  for (int i = 0; i < 300; ++i) (void)stage.ask(Stage::getOf("k"));
  stage.wait(20_ms);
  EXPECT_LE(stage.driver.counters().hedges, 10u + 500 / 50);
  EXPECT_GE(stage.driver.counters().hedges, 10u);
}

// Not a word: the node is asked whether it is there, then the connection is given up.
TEST(Driver, aConnectionThatIsSilentWithRequestsOnItIsGivenUp) {
  Stage stage;
  stage.accept(1);
  const std::shared_ptr<wire::SocketState> socket = stage.nodes.at(1)->socket();
  Ask ask = Stage::getOf("k");
  ask.retry = Retry::never;
  stage.driver.ask({7}, std::move(ask));
  stage.loop.runFor(900_ms);
  const std::size_t sent = socket->sent.size();
  stage.loop.runFor(200_ms);
  EXPECT_GT(socket->sent.size(), sent) << "is anybody there?";
  stage.loop.runFor(1500_ms);
  EXPECT_TRUE(socket->isOpen);
  stage.loop.runFor(500_ms);
  EXPECT_FALSE(socket->isOpen);
  ASSERT_EQ(stage.gets.at({7}).failure->tried.size(), 1u);
  EXPECT_EQ(stage.gets.at({7}).failure->tried[0].what, "silent for 3000 ms");
}

TEST(Driver, asManyWaitingRequestsAsThereAreEndAtTheirDeadlines) {
  Stage stage;
  for (int i = 0; i < 500; ++i) {
    Ask ask = Stage::putOf("k", "v");
    ask.deadline = stage.loop.now() + 1_s;
    (void)stage.ask(std::move(ask));
  }
  stage.wait(2_s);
  EXPECT_EQ(stage.puts.size(), 500u);
  for (const auto& [op, result] : stage.puts) {
    EXPECT_EQ(result.outcome, Outcome::surelyNotApplied);
    EXPECT_EQ(result.failure->kind, FailureKind::unreachable);
  }
}

TEST(Driver, anAnswerThatIsNoneEndsTheConnectionAndTheRequestGoesOn) {
  Stage stage({1, 2});
  stage.accept(1);
  const OpId op = stage.ask(Stage::getOf("k"));
  stage.nodes.at(1)->socket()->incoming = wire::framed("nonsense");
  stage.nodes.at(1)->socket()->tellReadable();
  stage.settle();
  EXPECT_FALSE(stage.nodes.at(1)->isConnected());
  stage.accept(2);
  stage.wait(pauseLeast);
  auto& gets = stage.nodes.at(2)->service.gets;
  ASSERT_EQ(gets.size(), 1u);
  stage.nodes.at(2)->service.answer(gets[0], wire::FakeClientService::found("k", "v"));
  stage.settle();
  EXPECT_EQ(stage.gets.at(op).value, "v");
}

}  // namespace
}  // namespace henge::library
