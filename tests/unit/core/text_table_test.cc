#include "core/text_table.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <sstream>

#include "core/key_text.h"

namespace henge {

namespace {

TEST(TextTable, ColumnsLineUpAndLinesEndWithoutBlanks) {
  TextTable table({{"name"}, {"keys", Align::right}, {"note"}});
  table.add({{"n0"}, {"75 102"}, {"ok"}});
  table.add({{"server"}, {"7"}});
  EXPECT_EQ(table.take(false),
            "name      keys  note\n"
            "n0      75 102  ok\n"
            "server       7\n");
}

TEST(TextTable, WidthIsWhatATerminalShowsAndNotBytes) {
  TextTable table({{"k"}, {"v"}});
  table.add({{"grün"}, {"1"}});
  table.add({{"日本"}, {"2"}});
  table.add({{"e\u0301"}, {"3"}});
  EXPECT_EQ(table.take(false), "k     v\ngrün  1\n日本  2\ne\u0301     3\n");
}

TEST(TextTable, ColoursDoNotMoveColumns) {
  TextTable plain({{"a"}, {"b"}});
  TextTable coloured({{"a"}, {"b"}});
  for (TextTable* table : {&plain, &coloured}) {
    table->add({{"bad", Tone::bad}, {"x"}});
    table->add({{"longer", Tone::good}, {"y"}});
  }
  std::string text = coloured.take(true);
  EXPECT_NE(text.find("\x1b[31mbad\x1b[0m"), std::string::npos);
  for (const std::string escape : {"\x1b[31m", "\x1b[32m", "\x1b[0m"}) {
    for (std::size_t at = text.find(escape); at != std::string::npos; at = text.find(escape)) {
      text.erase(at, escape.size());
    }
  }
  EXPECT_EQ(text, plain.take(false));
}

TEST(TextTable, LaterBlocksKeepTheWidthsAndHaveNoTitles) {
  TextTable table({{"a"}, {"b"}});
  table.add({{"long one"}, {"1"}});
  EXPECT_EQ(table.take(false), "a         b\nlong one  1\n");
  EXPECT_EQ(table.rows(), 0u);
  table.add({{"x"}, {"2"}});
  EXPECT_EQ(table.rows(), 1u);
  EXPECT_EQ(table.take(false), "x         2\n");
}

TEST(TextTable, WithoutRowsOnlyTheTitles) {
  TextTable table({{"a"}, {"b"}});
  EXPECT_EQ(table.take(false), "a  b\n");
}

TEST(Shortened, CutsBetweenLetters) {
  EXPECT_EQ(shortened("abcdef", 6), "abcdef");
  EXPECT_EQ(shortened("abcdefg", 6), "abcde…");
  EXPECT_EQ(shortened("日本語", 6), "日本語");
  EXPECT_EQ(shortened("日本語", 5), "日本…");
  EXPECT_EQ(shortened("日本語", 4), "日…") << "half a letter is no letter";
  EXPECT_EQ(shortened("ab", 1), "…");
}

RC_GTEST_PROP(Shortened, IsNeverTooWideAndStaysUtf8, (std::string text)) {
  const int width = *rc::gen::inRange(1, 12);
  const std::string cut = shortened(text, width);
  RC_ASSERT(displayWidth(cut) <= width);
  RC_ASSERT(!isUtf8(text) || isUtf8(cut));
}

RC_GTEST_PROP(Printable, LeavesNothingThatATerminalObeys, ()) {
  const auto text = *rc::gen::container<std::string>(rc::gen::cast<char>(rc::gen::inRange(0, 256)));
  const std::string shown = printable(text);
  RC_ASSERT(isUtf8(shown));
  for (const char c : shown) RC_ASSERT(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
}

TEST(Printable, KeepsText) {
  EXPECT_EQ(printable("grün 日本"), "grün 日本");
  EXPECT_EQ(printable("a\x1b[2Jb\n"), "a?[2Jb?");
  EXPECT_EQ(printable("\xff\xc0\x80"), "???");
  EXPECT_EQ(printable("\xc2\x9b"), "?") << "U+009B begins an escape sequence too";
}

TEST(ColoursWanted, OnlyOnATerminalThatCanAndIfNobodyObjects) {
  EXPECT_TRUE(coloursWanted(true, "xterm-256color", ""));
  EXPECT_FALSE(coloursWanted(false, "xterm-256color", ""));
  EXPECT_FALSE(coloursWanted(true, "dumb", ""));
  EXPECT_FALSE(coloursWanted(true, "xterm", "0"));
}

}  // namespace

}  // namespace henge
