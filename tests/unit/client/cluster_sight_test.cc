#include "client/cluster_sight.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <latch>

#include "tests/unit/client/fake_cluster.h"

namespace henge::client::testing {

namespace {

const Duration budget{900'000};

std::vector<Address> addressesOf(const FakeCluster& fake) {
  std::vector<Address> addresses;
  for (const Member& member : fake.cluster.members) addresses.push_back(member.client);
  return addresses;
}

ClusterSight sightOf(FakeCluster& fake, const std::vector<Address>& addresses) {
  const FakeClock clock;
  Result<ClusterSight> sight = seeCluster(fake, addresses, clock, budget);
  EXPECT_TRUE(sight.ok());
  return *sight;
}

TEST(ClusterSight, OneAddressLeadsToAllMembers) {
  FakeCluster fake;
  const ClusterSight sight = sightOf(fake, {{"127.0.0.1", 9002}});
  EXPECT_EQ(sight.answered(), 4);
  std::vector<std::string> dialled = fake.calls();
  std::sort(dialled.begin(), dialled.end());
  EXPECT_EQ(dialled, (std::vector<std::string>{"9000", "9001", "9002", "9003"})) << "each once";
}

// A node that does not answer in time must not make the others wait: nobody returns from dialling
// before all have dialled.
class MeetingDialer final : public Dialer {
 public:
  MeetingDialer(Dialer& inner, std::ptrdiff_t count) : inner_(inner), met_(count) {}
  Result<std::unique_ptr<NodeSession>> dial(const Address& address, Duration timeout) override {
    met_.arrive_and_wait();
    return inner_.dial(address, timeout);
  }

 private:
  Dialer& inner_;
  std::latch met_;
};

TEST(ClusterSight, NodesAreAskedAtTheSameTime) {
  FakeCluster fake;
  MeetingDialer meeting(fake, 4);
  const FakeClock clock;
  Result<ClusterSight> sight = seeCluster(meeting, addressesOf(fake), clock, budget);
  ASSERT_TRUE(sight.ok());
  EXPECT_EQ(sight->answered(), 4);
}

TEST(ClusterSight, NodesOfAnotherClusterAreLeftOut) {
  FakeCluster fake;
  const FakeClock clock;
  std::vector<NodeLook> looks = lookAtAll(fake, addressesOf(fake), clock, budget);
  looks[2].ring->cluster.id = {99};
  looks[2].ring->cluster.name = "other";
  const ClusterSight sight = sightFrom(looks);
  EXPECT_EQ(sight.answered(), 3);
  ASSERT_EQ(sight.remarks.size(), 1u);
  EXPECT_EQ(sight.remarks[0], "127.0.0.1:9002 belongs to another cluster, \"other\": left out");
}

TEST(ClusterSight, DifferentRingsAreRemarked) {
  FakeCluster fake;
  const FakeClock clock;
  std::vector<NodeLook> looks = lookAtAll(fake, addressesOf(fake), clock, budget);
  looks[3].ring->ringHash ^= 1;
  const ClusterSight sight = sightFrom(looks);
  ASSERT_EQ(sight.remarks.size(), 1u);
  EXPECT_EQ(sight.remarks[0], "n0 and n3 do not agree on the members of the ring");
}

TEST(ClusterSight, AnImpossibleRingIsAnErrorAndNotACrash) {
  FakeCluster fake;
  fake.cluster.replication = 5;
  const FakeClock clock;
  Result<ClusterSight> sight = seeCluster(fake, addressesOf(fake), clock, budget);
  ASSERT_FALSE(sight.ok());
  EXPECT_EQ(sight.error().kind, ErrorKind::corrupt);
}

TEST(ClusterSight, OneSidedSilenceIsRemarked) {
  FakeCluster fake;
  fake.nodes.at(1).liveness = Liveness::down;  // answers us all the same
  const ClusterSight sight = sightOf(fake, addressesOf(fake));
  EXPECT_EQ(sight.member({1}).state, MemberState::up);
  ASSERT_EQ(sight.remarks.size(), 1u);
  EXPECT_EQ(sight.remarks[0], "n1 is up, but not for n0 n2 n3");
}

TEST(ClusterSight, ItsOwnWordDoesNotEndARebuilding) {
  FakeCluster fake;
  fake.nodes.at(2).liveness = Liveness::rebuilding;  // it says "serving" itself
  fake.nodes.at(2).reason = "another directory";
  const ClusterSight sight = sightOf(fake, addressesOf(fake));
  EXPECT_EQ(sight.member({2}).state, MemberState::rebuilding);
  EXPECT_EQ(sight.member({2}).reason, "another directory");
  EXPECT_FALSE(sight.member({2}).alive());
  for (const RangeSight& range : sight.ranges) {
    const std::vector<NodeId>& on = range.range.replicas;
    const bool holds = std::find(on.begin(), on.end(), NodeId{2}) != on.end();
    EXPECT_EQ(range.alive, holds ? 2 : 3);
  }
}

TEST(ClusterSight, CountsOfRangesComeFromTheirOwnersOnly) {
  FakeCluster fake;
  fake.nodes.at(0).counters = {{"range_keys.00", 5}, {"range_keys.40", 999}};
  fake.nodes.at(1).counters = {{"range_keys.40", 7}};
  fake.nodes.at(2).counters = {{"range_keys.80", -1}};  // nonsense counts as not told
  const ClusterSight sight = sightOf(fake, addressesOf(fake));
  EXPECT_EQ(sight.ranges[0].keys, 5);
  EXPECT_EQ(sight.ranges[1].keys, 7);
  EXPECT_EQ(sight.ranges[2].keys, std::nullopt);
  EXPECT_EQ(sight.ranges[3].keys, std::nullopt);
}

TEST(ClusterSight, AllCausesAreNamedWhenNobodyAnswers) {
  FakeCluster fake;
  for (auto& [id, node] : fake.nodes) node.answers = false;
  fake.nodes.at(3).cause = "no route to host";
  const FakeClock clock;
  Result<ClusterSight> sight = seeCluster(fake, addressesOf(fake), clock, budget);
  ASSERT_FALSE(sight.ok());
  EXPECT_EQ(sight.error().message,
            "no node answered: 127.0.0.1:9000 connection refused, 127.0.0.1:9001 connection "
            "refused, 127.0.0.1:9002 connection refused, 127.0.0.1:9003 no route to host");
}

}  // namespace

}  // namespace henge::client::testing
