#include "wire/item_cursor.h"

#include <gtest/gtest.h>

namespace henge::wire {
namespace {

TEST(ItemCursor, readsNumbersOfBothProtocols) {
  ItemCursor cursor(BytesView("\x01\x02\x03\x04\xac\x02\x7f", 7));
  std::uint32_t fixed = 0;
  std::uint64_t varying = 0;
  std::uint8_t byte = 0;
  ASSERT_TRUE(cursor.bigEndian32(fixed) && cursor.varint(varying) && cursor.byte(byte));
  EXPECT_EQ(fixed, 0x01020304U);
  EXPECT_EQ(varying, 300U);
  EXPECT_EQ(byte, 0x7f);
  EXPECT_TRUE(cursor.rest().empty());
}

TEST(ItemCursor, tellsTooFewBytesFromWrongOnes) {
  std::uint32_t fixed = 0;
  std::uint64_t varying = 0;
  BytesView view;
  ItemCursor tooShort(BytesView("\x01\x02\x03", 3));
  EXPECT_FALSE(tooShort.bigEndian32(fixed));
  EXPECT_EQ(tooShort.wrong(), nullptr);
  ItemCursor open(BytesView("\xff\xff", 2));
  EXPECT_FALSE(open.varint(varying));
  EXPECT_EQ(open.wrong(), nullptr);
  ItemCursor string(BytesView("abc", 3));
  EXPECT_FALSE(string.view(4, view));
  EXPECT_EQ(string.wrong(), nullptr);
  const Bytes eleven(11, '\xff');
  ItemCursor endless{eleven};
  EXPECT_FALSE(endless.varint(varying));
  EXPECT_STREQ(endless.wrong(), "a number has more than 10 bytes");
  ItemCursor large(BytesView("\x80\x80\x80\x80\x08", 5));
  EXPECT_FALSE(large.varintSize(fixed));
  EXPECT_STREQ(large.wrong(), "a size is above 2^31 - 1");
}

}  // namespace
}  // namespace henge::wire
