#include "server/coordinator/replica_route.h"

#include <gtest/gtest.h>

#include "tests/unit/coordinator/stage.h"

namespace henge::coordinator {
namespace {

// Answers inside the call, or when told to.
class LocalReplica final : public ports::ReplicaService {
 public:
  void apply(OpId op, ports::ReplicaSink& sink, ApplyRequest request) override {
    if (inside) return sink.onApplied(op, {1}, superseded(request.record.version));
    waiting.push_back({{1}, op, &sink, std::move(request)});
  }
  void fetch(OpId op, ports::ReplicaSink& sink, FetchRequest) override {
    sink.onFetched(op, {1}, held(recordOf({3, 3}, "here")));
  }
  bool inside = true;
  std::vector<Sent> waiting;
};

class Asker final : public ports::ReplicaSink {
 public:
  void onApplied(OpId op, NodeId from, ApplyReply reply) override {
    EXPECT_FALSE(asking) << "answered inside the call";
    applied.emplace_back(op, from, reply.held);
    if (then) then();
  }
  void onFetched(OpId op, NodeId from, FetchReply reply) override {
    EXPECT_FALSE(asking) << "answered inside the call";
    applied.emplace_back(op, from, reply.record.version);
  }
  bool asking = false;
  std::function<void()> then;
  std::vector<std::tuple<OpId, NodeId, Version>> applied;
};

struct Road {
  void apply(Asker& asker, NodeId to, std::uint64_t op, Version version) {
    ApplyRequest request;
    request.record = recordOf(version, "v");
    asker.asking = true;
    route.apply(to, OpId{op}, asker, std::move(request));
    asker.asking = false;
  }
  kit::VirtualLoop loop;
  LocalReplica local;
  FakePeers remote;
  ReplicaRoute route{{1}, local, remote, loop};
};

using Answers = std::vector<std::tuple<OpId, NodeId, Version>>;

TEST(ReplicaRoute, ownAnswersComeAtTheEndOfTheRoundInOrder) {
  Road road;
  Asker asker;
  road.apply(asker, {1}, 5, {1, 1});
  asker.asking = true;
  road.route.fetch({1}, OpId{6}, asker, FetchRequest());
  asker.asking = false;
  road.apply(asker, {1}, 7, {2, 2});
  EXPECT_TRUE(asker.applied.empty());
  road.loop.run();
  const Answers expected = {{OpId{5}, {1}, {1, 1}}, {OpId{6}, {1}, {3, 3}}, {OpId{7}, {1}, {2, 2}}};
  EXPECT_EQ(asker.applied, expected);
}

TEST(ReplicaRoute, othersGoToTheirLinksWithTheAskersOwnNumber) {
  Road road;
  Asker asker;
  road.apply(asker, {2}, 5, {1, 1});
  road.route.fetch({3}, OpId{6}, asker, FetchRequest());
  ASSERT_EQ(road.remote.sent.size(), 2u);
  EXPECT_EQ(road.remote.sent[0].op, OpId{5});
  EXPECT_EQ(road.remote.sent[0].sink, &asker);
  EXPECT_EQ(road.remote.sent[1].to, NodeId{3});
  EXPECT_TRUE(road.loop.idle());
}

TEST(ReplicaRoute, askersMayUseTheSameNumbers) {
  Road road;
  Asker one;
  Asker two;
  road.local.inside = false;
  road.apply(one, {1}, 5, {1, 1});
  road.apply(two, {1}, 5, {2, 2});
  for (const Sent& sent : {road.local.waiting[1], road.local.waiting[0]}) {
    sent.sink->onApplied(sent.op, {1}, superseded(sent.apply()->record.version));
  }
  road.loop.run();
  EXPECT_EQ(one.applied, (Answers{{OpId{5}, {1}, {1, 1}}}));
  EXPECT_EQ(two.applied, (Answers{{OpId{5}, {1}, {2, 2}}}));
}

TEST(ReplicaRoute, whatIsAskedFromWithinAnAnswerIsAnsweredInALaterRound) {
  Road road;
  Asker asker;
  int rounds = 0;
  asker.then = [&] {
    if (++rounds < 4) road.apply(asker, {1}, 5, {rounds, 0});
  };
  road.apply(asker, {1}, 5, {9, 9});
  road.loop.run();
  EXPECT_EQ(asker.applied.size(), 4u);
}

}  // namespace
}  // namespace henge::coordinator
