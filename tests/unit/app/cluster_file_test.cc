#include "server/app/cluster_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace henge::app {
namespace {

using ::testing::HasSubstr;

const std::string good = R"({"name": "local", "cluster_id": "00000000000000aa",
  "replication": 1, "partitioner": "bytes", "epoch": 3, "members": [
  {"node": 1, "tokens": ["80", "c0ff"], "client": "127.0.0.1:9001", "peer": "127.0.0.1:9101"},
  {"node": 0, "zone": "a", "tokens": ["00"], "client": "127.0.0.1:9000",
   "peer": "127.0.0.1:9100"}]})";

std::string replaced(std::string from, std::string to) {
  std::string text = good;
  const auto at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

std::string refusal(const std::string& text) {
  const Result<Cluster> result = parseClusterFile(text, "c.json");
  EXPECT_FALSE(result.ok()) << text;
  if (result.ok()) return "accepted";
  EXPECT_EQ(result.error().kind, ErrorKind::mismatch);
  EXPECT_THAT(result.error().message, HasSubstr("c.json"));
  return result.error().message;
}

TEST(ClusterFile, ReadsEveryField) {
  const Result<Cluster> cluster = parseClusterFile(good, "c.json");
  ASSERT_TRUE(cluster.ok()) << cluster.error().message;
  EXPECT_EQ(cluster->name, "local");
  EXPECT_EQ(cluster->id, ClusterId{0xaa});
  EXPECT_EQ(cluster->replication, 1);
  EXPECT_EQ(cluster->partitioner, Partitioner::bytes);
  EXPECT_EQ(cluster->epoch, 3u);
  ASSERT_EQ(cluster->members.size(), 2u);
  EXPECT_EQ(cluster->members[0].zone, "a");  // ascending by id, whatever the file's order
  EXPECT_EQ(cluster->members[1].tokens, (std::vector<Bytes>{"\x80", "\xc0\xff"}));
  EXPECT_EQ(cluster->members[1].peer, (Address{"127.0.0.1", 9101}));
}

TEST(ClusterFile, RefusesByName) {
  EXPECT_THAT(refusal("{"), HasSubstr("is not JSON"));
  EXPECT_THAT(refusal("[]"), HasSubstr("must be an object"));
  EXPECT_THAT(refusal(replaced("\"name\"", "\"nam\"")), HasSubstr("\"name\" is missing"));
  EXPECT_THAT(refusal(replaced("\"epoch\"", "\"epok\"")), HasSubstr("did you mean epoch?"));
  EXPECT_THAT(refusal(replaced("\"zone\"", "\"zones\"")), HasSubstr("did you mean zone?"));
  EXPECT_THAT(refusal(replaced("00000000000000aa", "aa")), HasSubstr("16 hex digits"));
  EXPECT_THAT(refusal(replaced("\"replication\": 1", "\"replication\": \"3\"")),
              HasSubstr("whole number"));
  EXPECT_THAT(refusal(replaced("\"replication\": 1", "\"replication\": 3")), HasSubstr("3"));
  EXPECT_THAT(refusal(replaced("\"bytes\"", "\"random\"")), HasSubstr("\"bytes\" or \"hash\""));
  EXPECT_THAT(refusal(replaced("\"00\"", "\"0\"")), HasSubstr("hex digits"));
  EXPECT_THAT(refusal(replaced("\"00\"", "\"80\"")), HasSubstr("80"));
  EXPECT_THAT(refusal(replaced("127.0.0.1:9000", "127.0.0.1")), HasSubstr("client"));
  EXPECT_THAT(refusal(replaced("\"node\": 1", "\"node\": 0")), HasSubstr("0"));
}

}  // namespace
}  // namespace henge::app
