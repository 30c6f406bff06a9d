#include "tests/sim/scenario/words.h"

#include <gtest/gtest.h>

namespace henge::sim {
namespace {

TEST(WordsTest, ADurationHasASignANumberAndAUnit) {
  EXPECT_EQ(durationOf("500ms"), 500_ms);
  EXPECT_EQ(durationOf("+2s"), 2_s);
  EXPECT_EQ(durationOf("-1h"), Duration{-3'600'000'000});
  for (const char* wrong : {"", "5", "ms", "5 s", "5parsec", "+-5s"}) {
    EXPECT_EQ(durationOf(wrong), std::nullopt) << wrong;
  }
}

TEST(WordsTest, EachWordIsTakenOnce) {
  Words words("power cut n1 deadline=2s n2");
  EXPECT_FALSE(words.accept("power on"));
  EXPECT_TRUE(words.accept("power cut"));
  EXPECT_EQ(words.durationOption("deadline"), 2_s);
  EXPECT_EQ(words.durationOption("deadline"), std::nullopt);
  EXPECT_EQ(words.word("a node"), "n1");
  EXPECT_EQ(words.peek(), "n2");
  EXPECT_EQ(words.complaint(), "");
}

TEST(WordsTest, TheFirstComplaintIsKept) {
  Words words("5parsec");
  (void)words.duration("time");
  (void)words.word("a node");
  EXPECT_EQ(words.complaint(), "\"5parsec\" is no time");
}

}  // namespace
}  // namespace henge::sim
