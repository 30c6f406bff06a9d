#include "core/key_text.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/golden/script_runner.h"

namespace henge {
namespace {

std::string parsed(const std::string& text) {
  auto bytes = parseKeyText(text);
  return text + " -> " + (bytes.ok() ? "(" + toHex(*bytes) + ")" : bytes.error().message);
}

TEST(KeyText, script) {
  golden::runScript("key_text.txt", [](const golden::Command& command) {
    std::string out;
    for (const std::string& line : command.lines) {
      bool isParse = command.name() == "parse";
      out += (isParse ? parsed(line) : line + " -> " + toKeyText(fromHex(line).value())) + "\n";
    }
    return out;
  });
}

TEST(KeyText, noTextIsNoBytesAndIsShownAsAPairOfQuotes) {
  EXPECT_EQ(parseKeyText("").value(), "");
  EXPECT_EQ(toKeyText(""), "\"\"");
}

TEST(KeyText, quotedTextMayHoldNulAndBytesThatAreNotUtf8) {
  EXPECT_EQ(parseKeyText("\"a\\x00\\xff\"").value(), Bytes("a\0\xff", 3));
  EXPECT_EQ(toKeyText(Bytes("a\0", 2)), "x'6100'");
}

// Pieces that look like syntax, besides any bytes at all.
rc::Gen<Bytes> awkwardBytes() {
  auto piece = rc::gen::oneOf(
      rc::gen::element<Bytes>("u8:", "u8:7", "x'", "x'00'", "\"", "'", "\\", "\\x41", " ", "\n",
                              "\t", "key", "\u00e9", "\u20ac", "\U0001f600", "\u202e", "\u00a0",
                              "\x7f", "\xc0\x80", "\xed\xa0\x80", Bytes(1, '\0')),
      rc::gen::arbitrary<Bytes>());
  return rc::gen::map(rc::gen::container<std::vector<Bytes>>(piece), [](auto pieces) {
    Bytes all;
    for (const Bytes& one : pieces) all += one;
    return all;
  });
}

RC_GTEST_PROP(KeyText, whatIsShownIsReadBack, ()) {
  Bytes bytes = *awkwardBytes();
  auto back = parseKeyText(toKeyText(bytes));
  RC_ASSERT(back.ok());
  RC_ASSERT(*back == bytes);
}

RC_GTEST_PROP(KeyText, whatIsShownIsOneSafeWordOrOneQuotedLine, ()) {
  std::string text = toKeyText(*awkwardBytes());
  RC_ASSERT(!text.empty());
  RC_ASSERT(isUtf8(text));
  for (char c : text) RC_ASSERT(static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
  bool isQuoted = text.front() == '"' || text.starts_with("x'");
  RC_ASSERT(isQuoted || text.find_first_of(" \"'") == std::string::npos);
}

RC_GTEST_PROP(KeyText, anyTextIsReadOrRefusedWithAColumn, ()) {
  Bytes text = *awkwardBytes();
  auto bytes = parseKeyText(text);
  if (bytes.ok()) return;
  RC_ASSERT(bytes.error().kind == ErrorKind::invalidRequest);
  RC_ASSERT(bytes.error().message.find("column ") != std::string::npos);
}

// ---- UTF-8 against the grammar of RFC 3629, section 4, written down as ranges

bool isUtf8ByGrammar(BytesView bytes) {
  struct Row {
    std::vector<std::pair<int, int>> ranges;
  };
  const std::pair<int, int> tail{0x80, 0xbf};
  const std::vector<Row> rows = {
      {{{0x00, 0x7f}}},
      {{{0xc2, 0xdf}, tail}},
      {{{0xe0, 0xe0}, {0xa0, 0xbf}, tail}},
      {{{0xe1, 0xec}, tail, tail}},
      {{{0xed, 0xed}, {0x80, 0x9f}, tail}},
      {{{0xee, 0xef}, tail, tail}},
      {{{0xf0, 0xf0}, {0x90, 0xbf}, tail, tail}},
      {{{0xf1, 0xf3}, tail, tail, tail}},
      {{{0xf4, 0xf4}, {0x80, 0x8f}, tail, tail}},
  };
  if (bytes.empty()) return true;
  for (const Row& row : rows) {
    bool fits = bytes.size() >= row.ranges.size();
    for (std::size_t i = 0; fits && i < row.ranges.size(); ++i) {
      int byte = static_cast<unsigned char>(bytes[i]);
      fits = byte >= row.ranges[i].first && byte <= row.ranges[i].second;
    }
    if (fits) return isUtf8ByGrammar(bytes.substr(row.ranges.size()));
  }
  return false;
}

TEST(Utf8, everySequenceOfTwoBytesAndEveryEdgeOfThreeAndFour) {
  for (int a = 0; a < 256; ++a) {
    for (int b = 0; b < 256; ++b) {
      for (Bytes end : {"", "\x80", "\xbf", "\x80\x80", "\xbf\xbf", "\x7f", "\xc0", "\x80\x7f"}) {
        Bytes bytes = Bytes(1, static_cast<char>(a)) + static_cast<char>(b) + end;
        ASSERT_EQ(isUtf8(bytes), isUtf8ByGrammar(bytes)) << toHex(bytes);
      }
    }
    Bytes one(1, static_cast<char>(a));
    ASSERT_EQ(isUtf8(one), isUtf8ByGrammar(one)) << toHex(one);
  }
}

RC_GTEST_PROP(Utf8, isWhatTheGrammarSays, ()) {
  Bytes bytes = *awkwardBytes();
  RC_ASSERT(isUtf8(bytes) == isUtf8ByGrammar(bytes));
}

}  // namespace
}  // namespace henge
