#include "client/humane.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <limits>
#include <rapidcheck/gtest.h>

#include "client/arguments.h"
#include "tests/unit/client/console_run.h"

namespace henge::client {

namespace {

TEST(Humane, NumbersAreGroupedInThrees) {
  EXPECT_EQ(grouped(0), "0");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1000), "1 000");
  EXPECT_EQ(grouped(75102), "75 102");
  EXPECT_EQ(grouped(1234567), "1 234 567");
  EXPECT_EQ(grouped(-123456), "-123 456");
}

RC_GTEST_PROP(Humane, GroupingOnlyAddsBlanks, (std::int64_t number)) {
  std::string digits = grouped(number);
  digits.erase(std::remove(digits.begin(), digits.end(), ' '), digits.end());
  RC_ASSERT(digits == std::to_string(number));
}

TEST(Humane, SizesHaveUnits) {
  EXPECT_EQ(sizeText(0), "0 B");
  EXPECT_EQ(sizeText(1023), "1023 B");
  EXPECT_EQ(sizeText(1024), "1.0 KiB");
  EXPECT_EQ(sizeText(26726), "26.1 KiB");
  EXPECT_EQ(sizeText(1024 * 1024 - 1), "1.0 MiB") << "never 1024.0 KiB";
  EXPECT_EQ(sizeText(8598323), "8.2 MiB");
  EXPECT_EQ(sizeText(std::numeric_limits<std::int64_t>::max()), "8388608.0 TiB");
}

TEST(Humane, SpansNameTheirTwoLargestUnits) {
  EXPECT_EQ(spanText(Duration{-5}), "0 s");
  EXPECT_EQ(spanText(41_s), "41 s");
  EXPECT_EQ(spanText(60_s), "1m 0s");
  EXPECT_EQ(spanText(724_s), "12m 4s");
  EXPECT_EQ(spanText(11520_s), "3h 12m");
  EXPECT_EQ(spanText(442800_s), "5d 3h");
}

TEST(Humane, OffsetsHaveASignUnlessTheyAreNone) {
  EXPECT_EQ(offsetText(Duration{40}), "0.0 ms");
  EXPECT_EQ(offsetText(Duration{-40}), "0.0 ms");
  EXPECT_EQ(offsetText(Duration{120}), "+0.1 ms");
  EXPECT_EQ(offsetText(Duration{-240}), "-0.2 ms");
  EXPECT_EQ(offsetText(Duration{-3'600'000'000}), "-3600.0 s");
}

TEST(Humane, BarsShowTheLeastShareToo) {
  EXPECT_EQ(barText(0, 4), "");
  EXPECT_EQ(barText(0.001, 4), "█");
  EXPECT_EQ(barText(0.5, 4), "██");
  EXPECT_EQ(barText(1, 4), "████");
}

TEST(Humane, KeysInSentencesAreMarked) {
  EXPECT_EQ(quotedKey("nosuch"), "\"nosuch\"");
  EXPECT_EQ(quotedKey("two words"), "\"two words\"");
  EXPECT_EQ(quotedKey("\x89"), "u8:137");
  EXPECT_EQ(quotedKey("u8:137"), "\"u8:137\"") << "six letters, not one byte";
  EXPECT_EQ(quotedKey(Bytes("\0\xff", 2)), "x'00ff'");
  EXPECT_EQ(quotedKey("a\\b"), "\"a\\\\b\"");
}

// What is shown as a command can be typed: the shell and the console read the key back.
RC_GTEST_PROP(Humane, ShownCommandsCanBeCopied, (std::string key)) {
  RC_PRE(!key.empty());
  std::vector<std::string> words = testing::shellWords("get " + shellWord(key));
  const Result<Invocation> call = parseArguments(words, {});
  RC_ASSERT(call.ok());
  RC_ASSERT(*call->key == key);
}

TEST(Humane, SentencesStandOnLinesOfTheirOwn) {
  EXPECT_EQ(linePerSentence(""), "");
  EXPECT_EQ(linePerSentence("One."), "One.\n");
  EXPECT_EQ(linePerSentence("One. Two 2.5 : 1. Three"), "One.\n  Two 2.5 : 1.\n  Three\n");
}

}  // namespace

}  // namespace henge::client
