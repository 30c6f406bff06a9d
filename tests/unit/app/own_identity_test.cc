#include "server/app/own_identity.h"

#include <filesystem>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "server/runtime/seeded_random.h"

namespace henge::app {
namespace {

using runtime::DataDirectory;
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

class OwnIdentityTest : public ::testing::Test {
 protected:
  OwnIdentityTest() { std::filesystem::remove_all(path_); }
  ~OwnIdentityTest() override { std::filesystem::remove_all(path_); }

  // One start of a node on the directory: lock, identity, end.
  Result<node::OwnIdentity> start(const Cluster& cluster = clusterOfTwo(),
                                  NodeId node = NodeId{1}) {
    Result<DataDirectory> directory = DataDirectory::open(path_, DataDirectory::IfMissing::make);
    EXPECT_TRUE(directory.ok());
    return openIdentity(*directory, cluster, node, random_);
  }
  std::string refusal(const Cluster& cluster, NodeId node = NodeId{1}) {
    const Result<node::OwnIdentity> result = start(cluster, node);
    EXPECT_FALSE(result.ok());
    return result.ok() ? "accepted" : result.error().message;
  }

  const std::string path_ = (std::filesystem::temp_directory_path() /
                             ("henge_own_identity_test." + std::to_string(::getpid())))
                                .string();
  runtime::SeededRandom random_{7};
};

TEST_F(OwnIdentityTest, TheFirstStartMakesItAndLaterOnesCountBoots) {
  const Result<node::OwnIdentity> first = start();
  ASSERT_TRUE(first.ok()) << first.error().message;
  EXPECT_TRUE(first->fresh);
  EXPECT_EQ(first->incarnation.boot, 1u);
  const Result<node::OwnIdentity> second = start();
  ASSERT_TRUE(second.ok());
  EXPECT_FALSE(second->fresh);
  EXPECT_EQ(second->incarnation.boot, 2u);
  EXPECT_NE(second->incarnation.nonce, first->incarnation.nonce);
  EXPECT_EQ(second->identity.directory, first->identity.directory);
  // An old copy of the directory, started again, must not repeat a version it has given before.
  EXPECT_NE(second->identity.writer, first->identity.writer);
}

TEST_F(OwnIdentityTest, AnotherClusterNodeTokenOrRingIsRefusedByName) {
  ASSERT_TRUE(start().ok());
  Cluster other = clusterOfTwo();
  other.id = ClusterId{0xbb};
  EXPECT_THAT(refusal(other), HasSubstr("belongs to cluster 00000000000000aa"));
  EXPECT_THAT(refusal(clusterOfTwo(), NodeId{0}), HasSubstr("belongs to n1, this is n0"));
  Cluster moved = clusterOfTwo();
  moved.members[1].tokens = {"\xc0"};
  EXPECT_THAT(refusal(moved), HasSubstr("with tokens 80, the cluster file says c0"));
  Cluster fewer = clusterOfTwo();
  fewer.replication = 1;
  EXPECT_THAT(refusal(fewer), HasSubstr("another ring"));
  EXPECT_THAT(refusal(clusterOfTwo(), NodeId{9}), HasSubstr("n9 is not a member"));
  EXPECT_EQ(start()->incarnation.boot, 2u);  // a refused start counts for nothing
}

TEST_F(OwnIdentityTest, DataWithoutIdentityIsNotTakenForANewDirectory) {
  ASSERT_TRUE(start().ok());
  std::filesystem::create_directories(path_ + "/log/0");
  std::filesystem::remove(path_ + "/identity");
  EXPECT_THAT(refusal(clusterOfTwo()), HasSubstr("holds data but no identity file"));
}

}  // namespace
}  // namespace henge::app
