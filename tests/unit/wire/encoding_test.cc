#include "wire/encoding.h"

#include <gtest/gtest.h>

namespace henge::wire {
namespace {

std::string refusalOf(BytesView message) {
  const Result<Encoding> encoding = encodingOf(message);
  return encoding.ok() ? "" : encoding.error().message;
}

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(Encoding, isKnownByTheFirstTwoBytes) {
  EXPECT_EQ(*encodingOf(Bytes("\x80\x01\x00\x01", 4)), Encoding::binary);
  EXPECT_EQ(*encodingOf(Bytes("\x82\x21\x00", 3)), Encoding::compact);
  EXPECT_EQ(*encodingOf(Bytes("\x82\x41", 2)), Encoding::compact);
}

TEST(Encoding, namesWhatElseAMessageLooksLike) {
  EXPECT_TRUE(has(refusalOf("[1,\"put\",1,0]"), "JSON"));
  EXPECT_TRUE(has(refusalOf("{\"a\":1}"), "JSON"));
  EXPECT_TRUE(has(refusalOf("\x0f\xff"), "THeader"));
  EXPECT_TRUE(has(refusalOf(Bytes("\0\0\0\3put", 7)), "non-strict"));
  EXPECT_TRUE(has(refusalOf("\x80\x02"), "another version"));
  EXPECT_TRUE(has(refusalOf("\x82\x22"), "another version"));
  EXPECT_TRUE(has(refusalOf("zzzz"), "7a7a7a7a"));
  EXPECT_TRUE(has(refusalOf("\x80"), "one byte"));
}

TEST(Encoding, namesWhatKnocksWithoutAFrame) {
  EXPECT_TRUE(
      has(badFrameLength(Bytes("\x80\x01\x00\x01", 4), 100).message, "framed transport is needed"));
  EXPECT_TRUE(
      has(badFrameLength(Bytes("\x82\x21\x01\x03", 4), 100).message, "framed transport is needed"));
  EXPECT_TRUE(has(badFrameLength("GET ", 100).message, "HTTP"));
  EXPECT_TRUE(has(badFrameLength("POST", 100).message, "HTTP"));
  EXPECT_TRUE(has(badFrameLength(Bytes("\x16\x03\x01\x02", 4), 100).message, "TLS"));
  EXPECT_EQ(badFrameLength(Bytes("\0\0\0\0", 4), 100).message, "a frame of 0 bytes");
  EXPECT_EQ(badFrameLength(Bytes("\0\0\0\x65", 4), 100).message,
            "a frame of 101 bytes; frameBytesMax is 100");
}

}  // namespace
}  // namespace henge::wire
