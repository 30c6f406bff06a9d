#include "core/peer_hello.h"

#include <functional>
#include <gtest/gtest.h>

namespace henge {
namespace {

PeerHello helloOf(std::uint32_t node) {
  PeerHello hello;
  hello.cluster = {0xaa};
  hello.clusterName = "local";
  hello.node = {node};
  hello.directory = {0x100 + node};
  hello.incarnation = {1, 0x200 + node};
  hello.epoch = 1;
  hello.ringHash = 0xcc;
  hello.replication = 3;
  return hello;
}

std::string refusalOf(const std::function<void(PeerHello&)>& change) {
  PeerHello theirs = helloOf(2);
  change(theirs);
  Status status = checkHello(helloOf(1), theirs);
  if (!status.ok()) {
    EXPECT_EQ(status.error().kind, ErrorKind::mismatch);
  }
  return status.ok() ? "accepted" : status.error().message;
}

TEST(PeerHello, membersOfOneClusterMayTalk) {
  EXPECT_EQ(refusalOf([](PeerHello&) {}), "accepted");
  EXPECT_EQ(refusalOf([](PeerHello& h) { h.clusterName = "renamed"; }), "accepted");
  EXPECT_EQ(refusalOf([](PeerHello& h) { h.rebuilding = true; }), "accepted");
  EXPECT_EQ(refusalOf([](PeerHello& h) { h.features = {"unheard of"}; }), "accepted");
}

TEST(PeerHello, refusalsNameBothValuesAndWhatWouldBeRight) {
  EXPECT_EQ(refusalOf([](PeerHello& h) { h.cluster = {0xbb}, h.clusterName = "prod"; }),
            "cluster \"local\" 00000000000000aa here, \"prod\" 00000000000000bb there: "
            "both nodes need the same cluster file");
  EXPECT_EQ(refusalOf([](PeerHello& h) { h.replication = 2; }),
            "replication 3 here, 2 there: both nodes need the same cluster file");
  EXPECT_EQ(refusalOf([](PeerHello& h) { h.ringHash = 0xdd; }),
            "ring 00000000000000cc of epoch 1 here, 00000000000000dd of epoch 1 there: "
            "both nodes need the same cluster file");
  EXPECT_EQ(refusalOf([](PeerHello& h) { h.epoch = 2; }),
            "ring 00000000000000cc of epoch 1 here, 00000000000000cc of epoch 2 there: "
            "both nodes need the same cluster file");
  EXPECT_EQ(refusalOf([](PeerHello& h) { h.shards = 4; }),
            "shards 1 here, 4 there: all data directories must be made with one number of shards");
}

TEST(PeerHello, protocolsMustOverlap) {
  auto spoken = [](std::uint32_t least, std::uint32_t most) {
    return refusalOf([=](PeerHello& h) { h.protocolMin = least, h.protocolMax = most; });
  };
  EXPECT_EQ(spoken(1, 5), "accepted");
  EXPECT_EQ(spoken(0, 1), "accepted");
  EXPECT_EQ(spoken(2, 5),
            "peer protocol 1 to 1 here, 2 to 5 there: "
            "one version must be spoken by both, update the older node");
  EXPECT_NE(spoken(0, 0), "accepted");
}

TEST(PeerHello, aNodeDoesNotTalkToItselfNorToItsDouble) {
  EXPECT_EQ(refusalOf([](PeerHello& h) { h = helloOf(1); }),
            "node n1 in directory 0000000000000101 here, n1 in directory 0000000000000101 there: "
            "a peer address in the cluster file leads back to this node");
  EXPECT_EQ(refusalOf([](PeerHello& h) { h.node = {1}; }),
            "node n1 in directory 0000000000000101 here, n1 in directory 0000000000000102 there: "
            "each node needs an id of its own");
}

TEST(PeerHello, theFirstDifferenceIsNamed) {
  EXPECT_EQ(refusalOf([](PeerHello& h) {
              h = PeerHello(), h.protocolMin = h.protocolMax = 9;
            }).substr(0, 13),
            "peer protocol");
  EXPECT_EQ(refusalOf([](PeerHello& h) { h = PeerHello(); }).substr(0, 7), "cluster");
}

}  // namespace
}  // namespace henge
