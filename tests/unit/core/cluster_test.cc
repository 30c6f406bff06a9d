#include "core/cluster.h"

#include <functional>
#include <gtest/gtest.h>

#include "tests/unit/core/script_cluster.h"

namespace henge {
namespace {

Cluster fourNodes() { return clusterOf({"00", "40", "80", "c0"}, 3); }

std::string refusalOf(const std::function<void(Cluster&)>& change) {
  Cluster cluster = fourNodes();
  change(cluster);
  Status status = validate(cluster);
  return status.ok() ? "accepted" : status.error().message;
}

TEST(Cluster, membersAreFoundById) {
  Cluster cluster = fourNodes();
  EXPECT_EQ(cluster.find({2}), &cluster.members[2]);
  EXPECT_EQ(cluster.find({4}), nullptr);
  EXPECT_EQ(Cluster().find({0}), nullptr);
}

TEST(Cluster, aRightOneIsAccepted) { EXPECT_TRUE(validate(fourNodes()).ok()); }

TEST(Cluster, refusalsNameWhatIsWrongAndWhatWouldBeRight) {
  EXPECT_EQ(refusalOf([](Cluster& c) { c.name = ""; }), "the cluster has no name");
  EXPECT_EQ(refusalOf([](Cluster& c) { c.members.clear(); }), "the cluster has no members");
  EXPECT_EQ(refusalOf([](Cluster& c) { c.replication = 0; }),
            "replication is 0; with 4 members it must be 1 to 4");
  EXPECT_EQ(refusalOf([](Cluster& c) { c.replication = 5; }),
            "replication is 5; with 4 members it must be 1 to 4");
  EXPECT_EQ(refusalOf([](Cluster& c) { c.members[1].id = {0}; }), "node id n0 is given twice");
  EXPECT_EQ(refusalOf([](Cluster& c) { std::swap(c.members[0], c.members[1]); }),
            "n1 stands before n0; members must ascend by id");
  EXPECT_EQ(refusalOf([](Cluster& c) { c.members[1].tokens.clear(); }),
            "n1 has no token; each needs one");
  EXPECT_EQ(refusalOf([](Cluster& c) { c.members[1].tokens.push_back("\xc0"); }),
            "token \"c0\" of n3 is given twice");
}

TEST(Cluster, addressesAreGivenOnceAndWhole) {
  EXPECT_EQ(refusalOf([](Cluster& c) { c.members[1].peer.port = 0; }),
            "the peer address of n1 has port 0; ports are 1 to 65535");
  EXPECT_EQ(refusalOf([](Cluster& c) { c.members[1].client.host = ""; }),
            "the client address of n1 has no host");
  EXPECT_EQ(refusalOf([](Cluster& c) { c.members[3].peer = c.members[1].client; }),
            "the peer address of n3, 127.0.0.1:9001, is given twice");
}

TEST(Cluster, hashedPositionsHaveEightBytes) {
  auto hashed = [](Bytes token) {
    return refusalOf([&](Cluster& c) {
      c.partitioner = Partitioner::hash;
      c.members[3].tokens.push_back(token);
    });
  };
  EXPECT_EQ(hashed(Bytes(8, 'x')), "accepted");
  EXPECT_EQ(hashed(Bytes(9, 'x')),
            "token 787878787878787878 of n3 has 9 bytes; hashed positions have 8");
  EXPECT_EQ(refusalOf([](Cluster& c) { c.members[3].tokens.push_back(Bytes(9, 'x')); }),
            "accepted");
}

TEST(RingHash, coversWhatAllNodesMustAgreeOn) {
  std::uint64_t hash = ringHash(fourNodes());
  std::vector<std::function<void(Cluster&)>> changes = {
      [](Cluster& c) { c.id.value = 1; },
      [](Cluster& c) { c.replication = 2; },
      [](Cluster& c) { c.partitioner = Partitioner::hash; },
      [](Cluster& c) { c.epoch = 2; },
      [](Cluster& c) { c.members.pop_back(); },
      [](Cluster& c) { c.members[3].id = {9}; },
      [](Cluster& c) { c.members[0].zone = "a"; },
      [](Cluster& c) { c.members[0].tokens.push_back("\x01"); },
      [](Cluster& c) { c.members[0].tokens[0] = "\x01"; },
      [](Cluster& c) { c.members[0].peer.host = "::1"; },
      [](Cluster& c) { c.members[0].peer.port = 1; }};
  for (std::size_t i = 0; i < changes.size(); ++i) {
    Cluster changed = fourNodes();
    changes[i](changed);
    EXPECT_NE(ringHash(changed), hash) << "change " << i;
  }
}

TEST(RingHash, leavesOutNameClientAddressesAndTheOrderOfTokens) {
  Cluster cluster = fourNodes();
  cluster.members[0].tokens = {"\x01", "\x02"};
  std::uint64_t hash = ringHash(cluster);
  cluster.members[0].tokens = {"\x02", "\x01"};
  cluster.members[0].client = {"elsewhere", 1};
  cluster.name = "renamed";
  EXPECT_EQ(ringHash(cluster), hash);
}

// The bytes are a format: nodes of different releases compare the hash.
TEST(RingHash, neverChanges) {
  Cluster cluster = clusterOf({"40"}, 1);
  cluster.members[0].zone = "z";
  cluster.members[0].peer = {"h", 0x0102};
  Bytes bytes;
  for (std::uint64_t number : {0xaaULL, 1ULL, 1ULL, 1ULL, 1ULL, 0ULL, 1ULL})
    appendBigEndian64(bytes, number);
  bytes += "z";
  for (std::uint64_t number : {1ULL, 1ULL}) appendBigEndian64(bytes, number);
  bytes += "\x40";
  appendBigEndian64(bytes, 1);
  bytes += "h";
  appendBigEndian64(bytes, 0x0102);
  EXPECT_EQ(ringHash(cluster), hash64(bytes));
}

TEST(Address, isReadAsItIsShown) {
  for (std::string_view text : {"127.0.0.1:9000", "[::1]:9000", "node-1.example:65535", "h:1"}) {
    auto address = parseAddress(text);
    ASSERT_TRUE(address.ok()) << address.error().message;
    EXPECT_EQ(toString(*address), text);
  }
  EXPECT_EQ(parseAddress("[fe80::1]:7").value(), (Address{"fe80::1", 7}));
}

TEST(Address, refusalsSayWhatAnAddressIs) {
  auto refusal = [](std::string_view text) { return parseAddress(text).error().message; };
  EXPECT_EQ(refusal("localhost"),
            "\"localhost\" has no port; an address is host:port or [IPv6]:port");
  EXPECT_EQ(refusal(":9000"), "\":9000\" has no host; an address is host:port or [IPv6]:port");
  EXPECT_EQ(refusal("::1:9000"),
            "\"::1:9000\" has a colon in its host; an address is host:port or [IPv6]:port");
  for (std::string_view text : {"", ":", "h:", "h:0", "h:65536", "h:-1", "h:+1", "h:1x", "h: 1",
                                "h:99999999999", "[]:1", "[h]:1", "[::1:1", "::1]:1", "a b:1"}) {
    EXPECT_FALSE(parseAddress(text).ok()) << text;
  }
}

TEST(Partitioner, hasAName) {
  EXPECT_EQ(nameOf(Partitioner::bytes), "bytes");
  EXPECT_EQ(nameOf(Partitioner::hash), "hash");
}

}  // namespace
}  // namespace henge
