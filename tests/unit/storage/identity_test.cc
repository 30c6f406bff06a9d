#include "server/storage/identity.h"

#include <gtest/gtest.h>

#include "server/storage/little_endian.h"

namespace henge::storage {
namespace {

Identity someIdentity() {
  Identity identity;
  identity.cluster = ClusterId{0x1111};
  identity.node = NodeId{3};
  identity.directory = DirectoryId{0x2222};
  identity.boot = 4;
  identity.shards = 2;
  identity.writer = 0x3333;
  identity.ringHash = 0x4444;
  identity.tokens = {Bytes("\0", 1), "token", ""};
  identity.era = 5;
  identity.hashSeed = 6;
  identity.extensions[99] = "of a later version";
  return identity;
}

TEST(Identity, ComesBackAsItWas) {
  auto decoded = decodeIdentity(encode(someIdentity()));
  ASSERT_TRUE(decoded.ok()) << decoded.error().message;
  EXPECT_EQ(*decoded, someIdentity());
  EXPECT_EQ(*decodeIdentity(encode(Identity{})), Identity{});
}

TEST(Identity, EveryFlippedBitAndEveryCutIsNoticed) {
  Bytes whole = encode(someIdentity());
  for (std::size_t bit = 0; bit < whole.size() * 8; ++bit) {
    Bytes flipped = whole;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    ASSERT_FALSE(decodeIdentity(flipped).ok()) << "bit " << bit;
    EXPECT_EQ(decodeIdentity(flipped).error().kind, ErrorKind::corrupt) << "never a newer format";
  }
  for (std::size_t length = 0; length < whole.size(); ++length)
    EXPECT_FALSE(decodeIdentity(whole.substr(0, length)).ok()) << length;
  EXPECT_FALSE(decodeIdentity(whole + "x").ok());
}

Bytes resealed(Bytes bytes) {
  putU64(bytes, bytes.size() - 8, hash64(bytes.substr(0, bytes.size() - 8)));
  return bytes;
}

TEST(Identity, ANewerFormatIsNamed) {
  Bytes bytes = encode(someIdentity());
  bytes[8] = 2;
  auto decoded = decodeIdentity(resealed(bytes));
  ASSERT_FALSE(decoded.ok());
  EXPECT_EQ(decoded.error().kind, ErrorKind::mismatch);
  EXPECT_NE(decoded.error().message.find("format 2"), std::string::npos);
}

TEST(Identity, WithoutAFieldThatMustBeThereItIsNone) {
  Bytes fields;
  appendU32(fields, 1);
  appendSized(fields, Bytes(8, 'c'));
  appendU32(fields, 3);  // 2, the node, is missing
  appendSized(fields, Bytes(8, 'd'));
  Bytes bytes = "HENGEIDN";
  appendU32(bytes, 1);
  appendSized(bytes, fields);
  appendU64(bytes, 0);
  auto decoded = decodeIdentity(resealed(bytes));
  ASSERT_FALSE(decoded.ok());
  EXPECT_NE(decoded.error().message.find("field 2 is missing"), std::string::npos)
      << decoded.error().message;
}

}  // namespace
}  // namespace henge::storage
