#include "core/compression.h"

#include <gtest/gtest.h>
#include <random>

namespace henge {
namespace {

Bytes noise(std::size_t length) {
  std::mt19937_64 chance(7);
  Bytes out(length, '\0');
  for (char& c : out) c = static_cast<char>(chance());
  return out;
}

Bytes frameOf(BytesView content) {
  Compressor compressor;
  Bytes out;
  EXPECT_TRUE(compressor.append(out, content, content.size() + 1024));
  return out;
}

TEST(Compression, ContentComesBackAsItWas) {
  Compressor compressor;  // one for all: nothing of a piece is left in the next
  for (const Bytes& content : {Bytes(), Bytes("a"), Bytes(100'000, 'x'), noise(70'000),
                               noise(500) + Bytes(5000, '\0') + noise(500)}) {
    Bytes frame;
    ASSERT_TRUE(compressor.append(frame, content, content.size() + 1024));
    auto back = decompressed(frame, content.size());
    ASSERT_TRUE(back);
    EXPECT_EQ(*back, content);
  }
}

TEST(Compression, AppendsBehindWhatIsThere) {
  Compressor compressor;
  Bytes out = "before";
  ASSERT_TRUE(compressor.append(out, Bytes(1000, 'x'), 999));
  EXPECT_LT(out.size(), 100u);
  EXPECT_EQ(out.substr(0, 6), "before");
  EXPECT_EQ(decompressed(BytesView(out).substr(6), 1000), Bytes(1000, 'x'));
}

TEST(Compression, WhatDoesNotShrinkLeavesNoTrace) {
  Compressor compressor;
  Bytes out = "before";
  EXPECT_FALSE(compressor.append(out, noise(1000), 999));
  EXPECT_EQ(out, "before");
}

TEST(Compression, TheLengthMustBeTheOneThatWasSaid) {
  const Bytes frame = frameOf(Bytes(1000, 'x'));
  EXPECT_FALSE(decompressed(frame, 999));
  EXPECT_FALSE(decompressed(frame, 1001));
  EXPECT_FALSE(decompressed(frame, SIZE_MAX)) << "and nothing was reserved";
}

TEST(Compression, OneFrameAndNothingElse) {
  const Bytes frame = frameOf(Bytes(1000, 'x'));
  EXPECT_FALSE(decompressed(frame + "x", 1000));
  EXPECT_FALSE(decompressed(frame + frame, 2000));
  EXPECT_FALSE(decompressed("", 0));
  for (std::size_t length = 0; length < frame.size(); ++length)
    EXPECT_FALSE(decompressed(frame.substr(0, length), 1000)) << length;
}

// Without a checksum a flipped bit may give other content, but never more or less of it.
TEST(Compression, EveryFlippedBitIsNoticedOrGivesTheLengthThatWasSaid) {
  const Bytes frame = frameOf(noise(40) + Bytes(400, 'x') + noise(40));
  for (std::size_t bit = 0; bit < frame.size() * 8; ++bit) {
    Bytes flipped = frame;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    const auto content = decompressed(flipped, 480);
    EXPECT_TRUE(!content || content->size() == 480) << bit;
  }
}

}  // namespace
}  // namespace henge
