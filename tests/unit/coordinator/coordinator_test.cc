#include "server/coordinator/coordinator.h"

#include <gtest/gtest.h>

#include "tests/unit/coordinator/stage.h"

namespace henge::coordinator {
namespace {

TEST(Coordinator, requestsCarryDeadlineEpochAndSource) {
  Stage stage;
  stage.put(stage.putOf("x"), 300_ms);
  const Sent put = stage.latestTo({3});
  ASSERT_NE(put.apply(), nullptr);
  EXPECT_EQ(put.apply()->deadline, stage.loop.now() + 300_ms);
  EXPECT_EQ(put.apply()->epoch, 1u);
  EXPECT_EQ(put.apply()->source, Source::client);

  stage.get(stage.getOf(), 400_ms);
  const Sent get = stage.latestTo({2});
  ASSERT_NE(get.fetch(), nullptr);
  EXPECT_EQ(get.fetch()->deadline, stage.loop.now() + 400_ms);
  EXPECT_EQ(get.fetch()->epoch, 1u);
  EXPECT_EQ(get.fetch()->key, "k");
  EXPECT_FALSE(get.fetch()->withValue);
  EXPECT_TRUE(stage.latestTo({1}).fetch()->withValue);
}

TEST(Coordinator, aWriteBackKeepsTheRecordWhole) {
  Stage stage;
  stage.get(stage.getOf());
  Record newest = recordOf({5, 9}, "x");
  newest.expiryMicros = 77;
  newest.extensions[12] = "later";
  stage.answer({1}, held(newest));
  stage.answer({2}, absent());
  const Sent back = stage.latestTo({2});
  ASSERT_NE(back.apply(), nullptr);
  EXPECT_EQ(back.apply()->record, newest);
  EXPECT_EQ(back.apply()->record.extensions, newest.extensions);
  EXPECT_EQ(back.apply()->source, Source::readRepair);
  EXPECT_EQ(back.apply()->epoch, 1u);
}

TEST(Coordinator, valuesAtTheLimitPassAndOneOverIsNamed) {
  Stage stage;
  const Limits limits;
  PutRequest atLimit = stage.putOf(Bytes(limits.valueBytesMax, 'v'));
  atLimit.key = Bytes(limits.keyBytesMax, 'k');
  stage.put(atLimit);
  EXPECT_EQ(stage.peers.sent.size(), 3u);

  PutRequest value = stage.putOf(Bytes(limits.valueBytesMax + 1, 'v'));
  const PutAnswer& tooLarge = stage.putAnswer(stage.put(value));
  EXPECT_EQ(tooLarge.error->kind, RequestErrorKind::invalidRequest);
  EXPECT_EQ(tooLarge.error->limit, limits.valueBytesMax);

  PutRequest key = stage.putOf("v");
  key.key = Bytes(limits.keyBytesMax + 1, 'k');
  EXPECT_EQ(stage.putAnswer(stage.put(key)).error->limit, limits.keyBytesMax);

  GetRequest session = stage.getOf();
  session.context.session = Bytes(limits.sessionBytesMax + 1, 's');
  EXPECT_EQ(stage.getAnswer(stage.get(session)).error->limit, limits.sessionBytesMax);
  EXPECT_EQ(stage.peers.sent.size(), 3u) << "nothing more was sent";
}

TEST(Coordinator, anEmptyValueIsAValue) {
  Stage stage;
  stage.put(stage.putOf(""));
  EXPECT_FALSE(stage.latestTo({2}).apply()->record.isTombstone());
  const OpId get = stage.get(stage.getOf(Consistency::one));
  stage.answer({1}, held(recordOf({5, 9}, "")));
  EXPECT_TRUE(stage.getAnswer(get).found());
}

// A client that asks for more from within its answer, as a door with waiting requests does.
class AskingClient final : public ports::ClientSink {
 public:
  explicit AskingClient(Stage& stage) : stage_(stage) {}
  void onPut(OpId, PutAnswer) override {
    if (++answered < 200) stage_.coordinator.put(OpId{1}, *this, request());
  }
  void onGot(OpId, GetAnswer) override {}
  PutRequest request() const {
    PutRequest put = stage_.putOf("x", Consistency::one);
    put.context.deadline = stage_.loop.now() + 1_s;
    return put;
  }
  int answered = 0;

 private:
  Stage& stage_;
};

TEST(Coordinator, mayBeAskedFromWithinAnAnswer) {
  Stage stage({1}, 1000);
  AskingClient client(stage);
  stage.coordinator.put(OpId{1}, client, client.request());
  for (int i = 0; i < 200; ++i) stage.answer({1}, applied());
  EXPECT_EQ(client.answered, 200);
  EXPECT_EQ(stage.coordinator.operations(), 200u) << "two replicas of each are silent";
  stage.loop.run();
  EXPECT_EQ(stage.coordinator.operations(), 0u);
  EXPECT_EQ(stage.coordinator.counters().replicasMissed, 400u);
}

TEST(Coordinator, operatorsAreToldOfAReplicasRefusalOnceAMinute) {
  Stage stage;
  const auto refuse = [&stage](Refusal refusal) {
    stage.put(stage.putOf("x"));
    stage.answer({2}, refused(refusal));
  };
  for (int i = 0; i < 5; ++i) refuse(Refusal::stamp);
  EXPECT_EQ(stage.events.lines.size(), 1u);
  refuse(Refusal::notOwner);
  EXPECT_EQ(stage.events.lines.size(), 2u);
  refuse(Refusal::overloaded);  // load is counted, not told
  EXPECT_EQ(stage.events.lines.size(), 2u);
  stage.loop.runFor(61_s);
  refuse(Refusal::stamp);
  EXPECT_EQ(stage.events.lines.size(), 3u);
}

TEST(Coordinator, thePlanIsMadeOnce) {
  Stage stage;
  const OpId put = stage.put(stage.putOf("x"));
  stage.membership.up.set({2}, Liveness::down);
  stage.membership.up.set({3}, Liveness::down);
  stage.answer({2}, applied());
  stage.answer({3}, applied());
  EXPECT_EQ(stage.putAnswer(put).outcome, Outcome::applied);
}

}  // namespace
}  // namespace henge::coordinator
