#include "core/consistency.h"

#include <gtest/gtest.h>

namespace henge {
namespace {

TEST(Consistency, twoQuorumsAlwaysMeetAndHalfIsNone) {
  for (int replicas = 1; replicas <= 9; ++replicas) {
    int quorum = requiredOf(Consistency::quorum, replicas);
    EXPECT_GT(2 * quorum, replicas);
    EXPECT_LE(2 * (quorum - 1), replicas);
    EXPECT_EQ(requiredOf(Consistency::one, replicas), 1);
    EXPECT_EQ(requiredOf(Consistency::all, replicas), replicas);
  }
}

TEST(Consistency, namesAreReadInAnyCase) {
  for (auto level : {Consistency::one, Consistency::quorum, Consistency::all}) {
    EXPECT_EQ(parseConsistency(nameOf(level)), level);
  }
  EXPECT_EQ(parseConsistency("quorum"), Consistency::quorum);
  EXPECT_EQ(parseConsistency("One"), Consistency::one);
  for (auto text : {"", "QUORU", "QUORUMS", "two", " ONE"}) {
    EXPECT_FALSE(parseConsistency(text)) << text;
  }
}

}  // namespace
}  // namespace henge
