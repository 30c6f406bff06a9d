#include "server/node/own_identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace henge::node {
namespace {

using ::testing::HasSubstr;

Cluster clusterOfTwo() {
  Cluster cluster;
  cluster.name = "local";
  cluster.id = ClusterId{0xaa};
  cluster.replication = 2;
  cluster.members = {{NodeId{0}, "", {Bytes("\0", 1)}, {"127.0.0.1", 1}, {"127.0.0.1", 2}},
                     {NodeId{1}, "", {"\x80"}, {"127.0.0.1", 3}, {"127.0.0.1", 4}}};
  return cluster;
}

class Counting final : public ports::Random {
 public:
  std::uint64_t next() override { return ++last_; }

 private:
  std::uint64_t last_ = 100;
};

// One data directory in memory, and the starts on it.
class OwnIdentityTest : public ::testing::Test {
 protected:
  Result<OwnIdentity> start(const Cluster& cluster = clusterOfTwo(), NodeId node = NodeId{1}) {
    Result<OwnIdentity> own = nextStart(found_, cluster, node, random_);
    if (own.ok()) found_.identityFile = encode(own->identity);
    return own;
  }
  Error refusal(const Cluster& cluster, NodeId node = NodeId{1}) {
    const Result<OwnIdentity> result = start(cluster, node);
    EXPECT_FALSE(result.ok());
    return result.ok() ? Error{ErrorKind::timeout, "accepted"} : result.error();
  }

  FoundDirectory found_{.path = "data/n1", .identityFile = {}, .holdsData = false};
  Counting random_;
};

TEST_F(OwnIdentityTest, TheFirstStartDrawsItAndLaterOnesCountBoots) {
  const Result<OwnIdentity> first = start();
  ASSERT_TRUE(first.ok()) << first.error().message;
  EXPECT_TRUE(first->fresh);
  EXPECT_EQ(first->identity.cluster, ClusterId{0xaa});
  EXPECT_EQ(first->identity.node, NodeId{1});
  EXPECT_EQ(first->identity.tokens, clusterOfTwo().members[1].tokens);
  EXPECT_EQ(first->identity.ringHash, ringHash(clusterOfTwo()));
  EXPECT_EQ(first->incarnation.boot, 1u);
  found_.holdsData = true;
  const Result<OwnIdentity> second = start();
  ASSERT_TRUE(second.ok());
  EXPECT_FALSE(second->fresh);
  EXPECT_EQ(second->identity.boot, 2u);
  EXPECT_EQ(second->incarnation.boot, 2u);
  EXPECT_NE(second->incarnation.nonce, first->incarnation.nonce);
  EXPECT_EQ(second->identity.directory, first->identity.directory);
  EXPECT_EQ(second->identity.hashSeed, first->identity.hashSeed);
}

// Its clock's ceiling is an old one too: with the same writer it would give versions once more that
// its first life has given to other bytes.
TEST_F(OwnIdentityTest, AnOldCopyOfADirectoryNeverRepeatsAVersion) {
  ASSERT_TRUE(start().ok());
  const FoundDirectory backup = found_;
  const std::uint64_t before = start()->identity.writer;
  const std::uint64_t later = start()->identity.writer;
  EXPECT_NE(later, before) << "each start has a writer of its own";
  found_ = backup;
  const Result<OwnIdentity> copy = start();
  EXPECT_EQ(copy->identity.boot, 2u) << "it counts on as its first life did";
  EXPECT_NE(copy->identity.writer, before);
  EXPECT_NE(copy->identity.writer, later);
  EXPECT_EQ(storage::decodeIdentity(*found_.identityFile)->writer, copy->identity.writer);
}

TEST_F(OwnIdentityTest, AnotherClusterNodeTokenOrRingIsRefusedByName) {
  ASSERT_TRUE(start().ok());
  Cluster other = clusterOfTwo();
  other.id = ClusterId{0xbb};
  EXPECT_THAT(refusal(other).message, HasSubstr("belongs to cluster 00000000000000aa"));
  EXPECT_EQ(refusal(other).kind, ErrorKind::mismatch);
  EXPECT_THAT(refusal(clusterOfTwo(), NodeId{0}).message,
              HasSubstr("data/n1 belongs to n1, this is n0"));
  Cluster moved = clusterOfTwo();
  moved.members[1].tokens = {"\xc0"};
  EXPECT_THAT(refusal(moved).message, HasSubstr("with tokens 80, the cluster file says c0"));
  Cluster fewer = clusterOfTwo();
  fewer.replication = 1;
  EXPECT_THAT(refusal(fewer).message, HasSubstr("another ring"));
  EXPECT_THAT(refusal(clusterOfTwo(), NodeId{9}).message, HasSubstr("n9 is not a member"));
  EXPECT_EQ(start()->incarnation.boot, 2u) << "a refused start counts for nothing";
}

TEST_F(OwnIdentityTest, DataWithoutIdentityIsNotTakenForANewDirectory) {
  found_.holdsData = true;
  EXPECT_THAT(refusal(clusterOfTwo()).message, HasSubstr("holds data but no identity file"));
  EXPECT_EQ(refusal(clusterOfTwo()).kind, ErrorKind::corrupt);
}

TEST_F(OwnIdentityTest, ADamagedFileIsNotTakenForNone) {
  ASSERT_TRUE(start().ok());
  found_.identityFile->back() = static_cast<char>(found_.identityFile->back() ^ 1);
  EXPECT_EQ(refusal(clusterOfTwo()).kind, ErrorKind::corrupt);
}

}  // namespace
}  // namespace henge::node
