#include "client/shell/line_words.h"

#include <gtest/gtest.h>

#include "core/key_text.h"

namespace henge::client {

namespace {

using Words = std::vector<std::string>;

Words words(std::string_view line) {
  const Result<Words> split = splitLine(line);
  return split ? *split : Words{"error: " + split.error().message};
}

TEST(LineWords, ArePartedByBlanksAndTabs) {
  EXPECT_EQ(words("put  k\tv "), (Words{"put", "k", "v"}));
  EXPECT_EQ(words("get k\r"), (Words{"get", "k"})) << "a file of another system";
  EXPECT_EQ(words(""), Words{});
  EXPECT_EQ(words(" \t"), Words{});
}

TEST(LineWords, QuotedWordsKeepTheirQuotesForTheReaderOfKeys) {
  const Words split = words(R"(put "a \"b\" \x00" x'00ff')");
  ASSERT_EQ(split.size(), 3U);
  EXPECT_EQ(*parseKeyText(split[1]), Bytes("a \"b\" \0", 7));
  EXPECT_EQ(*parseKeyText(split[2]), Bytes("\0\xff", 2));
}

TEST(LineWords, SingleQuotesAreThoseOfAShell) {
  EXPECT_EQ(words("put user:7 'Ada L.'"), (Words{"put", "user:7", "Ada L."}));
  EXPECT_EQ(words(R"(put k '"a\n"')"), (Words{"put", "k", R"("a\n")"}));
  EXPECT_EQ(words("put k ''"), (Words{"put", "k", ""}));
}

TEST(LineWords, AQuoteWithinAWordIsALetter) {
  EXPECT_EQ(words("put it's 5\"9"), (Words{"put", "it's", "5\"9"}));
  EXPECT_EQ(words("put C:\\x y"), (Words{"put", "C:\\x", "y"}));
}

TEST(LineWords, OnlyAWholeLineIsAComment) {
  EXPECT_EQ(words("# put k v"), Words{});
  EXPECT_EQ(words("  #"), Words{});
  EXPECT_EQ(words("put k #1"), (Words{"put", "k", "#1"})) << "values are never cut";
}

TEST(LineWords, WhatIsWrongIsNamedByItsColumn) {
  EXPECT_EQ(words("put \"a"), Words{"error: the quote opened at column 5 is not closed"});
  EXPECT_EQ(words("put 'a"), Words{"error: the quote opened at column 5 is not closed"});
  EXPECT_EQ(words("put \"a\\\""), Words{"error: the quote opened at column 5 is not closed"});
  EXPECT_EQ(words("put \"a\"b"), Words{"error: text follows the closing quote at column 8"});
}

TEST(LineWords, TheLastWordIsWhereTheCursorIs) {
  EXPECT_EQ(lastWordAt("put ke"), 4U);
  EXPECT_EQ(lastWordAt("put ke "), 7U);
  EXPECT_EQ(lastWordAt("put \"a b"), 4U) << "a quote that is still open";
  EXPECT_EQ(lastWordAt(""), 0U);
}

}  // namespace

}  // namespace henge::client
