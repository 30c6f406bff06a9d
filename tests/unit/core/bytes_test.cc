#include "core/bytes.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace henge {
namespace {

TEST(Bytes, hexHasTwoLowerCaseDigitsAByte) {
  EXPECT_EQ(toHex(Bytes("\0\x7f\xff", 3)), "007fff");
  EXPECT_EQ(toHex(""), "");
  EXPECT_EQ(fromHex("007FfF"), Bytes("\0\x7f\xff", 3));
  EXPECT_EQ(fromHex(""), Bytes());
}

TEST(Bytes, whatIsNoHexIsRefused) {
  for (std::string_view digits : {"0", "000", "0g", "g0", "0x00", " 00", "/0", ":0", "@0", "`0"}) {
    EXPECT_FALSE(fromHex(digits)) << digits;
  }
}

RC_GTEST_PROP(Bytes, hexIsReadBack, (const Bytes& bytes)) {
  RC_ASSERT(fromHex(toHex(bytes)) == bytes);
}

// Values of XXH3-64 with seed 0 by its reference: files and rings of old depend on them.
TEST(Bytes, theHashNeverChanges) {
  EXPECT_EQ(hash64(""), 0x2d06800538d394c2u);
  EXPECT_EQ(hash64("a"), 0xe6c632b61e964e1fu);
  EXPECT_EQ(hash64("abc"), 0x78af5f94892f3950u);
}

RC_GTEST_PROP(Bytes, theHashOfPartsIsTheHashOfTheWhole,
              (const Bytes& a, const Bytes& b, const Bytes& c)) {
  Bytes many(*rc::gen::inRange<std::size_t>(0, 2'000), 'm');
  RC_ASSERT(hash64OfParts({a, many, b, c}) == hash64(a + many + b + c));
}

TEST(Bytes, bigEndianKeepsTheOrderOfNumbers) {
  Bytes out = "x";
  appendBigEndian64(out, 0x0102030405060708);
  EXPECT_EQ(out, Bytes("x\x01\x02\x03\x04\x05\x06\x07\x08"));
}

RC_GTEST_PROP(Bytes, bigEndianOrderIsNumericOrder, (std::uint64_t a, std::uint64_t b)) {
  Bytes left, right;
  appendBigEndian64(left, a);
  appendBigEndian64(right, b);
  RC_ASSERT((left < right) == (a < b));
}

}  // namespace
}  // namespace henge
