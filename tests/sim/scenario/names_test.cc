#include "tests/sim/scenario/names.h"

#include <gtest/gtest.h>

namespace henge::sim {
namespace {

TEST(NamesTest, VersionsAreNumberedAsTheyComeAndOrderedAsTheyAre) {
  Names names;
  EXPECT_EQ(names.of({20, 7}), "v1");
  EXPECT_EQ(names.of({10, 7}), "v2");
  EXPECT_EQ(names.of({20, 7}), "v1");
  EXPECT_EQ(names.of({20, 8}), "v3");
  EXPECT_EQ(names.order(), "v2 < v1 < v3");
}

TEST(NamesTest, LinesSpeakOfDirectoriesAndVersionsByName) {
  Names names;
  names.learn(1, DirectoryId{0xabcd'0000'0000'0001});
  names.learn(1, DirectoryId{0xabcd'0000'0000'0002});
  names.learn(1, DirectoryId{0xabcd'0000'0000'0001});
  EXPECT_EQ(names.put("is abcd000000000002, was abcd000000000001"), "is n1#2, was n1#1");
  EXPECT_EQ(names.put("superseded by 1700000000000001/9f3c."), "superseded by v1.");
  EXPECT_EQ(names.of({1'700'000'000'000'001, 0x9f3c}), "v1");
  EXPECT_EQ(names.put("of cluster 00000000000000ff"), "of cluster (a number)");
  EXPECT_EQ(names.put("segment-0000000000000002.log"), "segment-0000000000000002.log");
  EXPECT_EQ(names.put("a link to n2 (n2:9100) is up"), "a link to n2 (n2:9100) is up");
}

}  // namespace
}  // namespace henge::sim
