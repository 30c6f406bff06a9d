// What the rule says (tests/unit/node/own_identity_test.cc), on a real disk.
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

Cluster clusterOfOne() {
  Cluster cluster;
  cluster.name = "local";
  cluster.id = ClusterId{0xaa};
  cluster.replication = 1;
  cluster.members = {{NodeId{1}, "", {"\x80"}, {"127.0.0.1", 3}, {"127.0.0.1", 4}}};
  return cluster;
}

class OwnIdentityTest : public ::testing::Test {
 protected:
  OwnIdentityTest() { std::filesystem::remove_all(path_); }
  ~OwnIdentityTest() override { std::filesystem::remove_all(path_); }

  // One start of a node on the directory: lock, identity, end.
  Result<node::OwnIdentity> start(NodeId node = NodeId{1}) {
    Result<DataDirectory> directory = DataDirectory::open(path_, DataDirectory::IfMissing::make);
    EXPECT_TRUE(directory.ok());
    return openIdentity(*directory, clusterOfOne(), node, random_);
  }

  const std::string path_ = (std::filesystem::temp_directory_path() /
                             ("henge_own_identity_test." + std::to_string(::getpid())))
                                .string();
  runtime::SeededRandom random_{7};
};

TEST_F(OwnIdentityTest, EachStartIsOnDiskUnlessItWasRefused) {
  const Result<node::OwnIdentity> first = start();
  ASSERT_TRUE(first.ok()) << first.error().message;
  EXPECT_TRUE(first->fresh);
  const Result<node::OwnIdentity> refused = start(NodeId{9});
  ASSERT_FALSE(refused.ok());
  EXPECT_THAT(refused.error().message, HasSubstr("n9 is not a member"));
  const Result<node::OwnIdentity> second = start();
  ASSERT_TRUE(second.ok());
  EXPECT_FALSE(second->fresh);
  EXPECT_EQ(second->incarnation.boot, 2u);
  EXPECT_EQ(second->identity.directory, first->identity.directory);

  for (const std::string data : {"/log/0", "/store"}) {
    std::filesystem::remove(path_ + "/identity");
    std::filesystem::create_directories(path_ + data);
    const Result<node::OwnIdentity> foreign = start();
    ASSERT_FALSE(foreign.ok());
    EXPECT_THAT(foreign.error().message, HasSubstr(path_ + " holds data but no identity file"));
    std::filesystem::remove_all(path_ + "/log");
  }
}

}  // namespace
}  // namespace henge::app
