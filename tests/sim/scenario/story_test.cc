#include "tests/sim/scenario/story.h"

#include <gtest/gtest.h>

namespace henge::sim {
namespace {

constexpr std::string_view text =
    "# What it is about.\n\nput n0 k=x\n    applied\n    n1 has ended\nheal\n\n# The end.\n";

TEST(StoryTest, WhatIsSetInIsTheOutputOfTheCommandAbove) {
  const std::vector<StoryStep> story = parseStory(text);
  ASSERT_EQ(story.size(), 3U);
  EXPECT_EQ(story[0].before, (std::vector<std::string>{"# What it is about.", ""}));
  EXPECT_EQ(story[0].command, "put n0 k=x");
  EXPECT_EQ(story[0].lineNumber, 3U);
  EXPECT_EQ(story[0].output, (std::vector<std::string>{"applied", "n1 has ended"}));
  EXPECT_EQ(story[1].command, "heal");
  EXPECT_TRUE(story[1].output.empty());
  EXPECT_EQ(story[2].command, "");
}

TEST(StoryTest, PrintedItIsWhatWasRead) { EXPECT_EQ(print(parseStory(text)), text); }

}  // namespace
}  // namespace henge::sim
