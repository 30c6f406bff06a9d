#include "server/storage/segment_format.h"

#include <gtest/gtest.h>

#include "server/storage/little_endian.h"
#include "tests/unit/storage/any_record.h"
#include "tests/unit/storage/segment_builder.h"

namespace henge::storage {
namespace {

SegmentHeader someHeader() {
  SegmentHeader header;
  header.owner = {ClusterId{1}, DirectoryId{2}, 3};
  header.recycled = true;
  header.id = 42;
  header.predecessor = {41, 4000, 77};
  header.syncedTo = {41, 4000};
  return header;
}

// Gives a changed header a checksum that fits it.
Bytes resealed(Bytes encoded) {
  putU64(encoded, segmentHeaderBytes - 8, hash64(encoded.substr(0, segmentHeaderBytes - 8)));
  return encoded;
}

TEST(SegmentFormat, HeadersComeBackAsTheyWere) {
  SegmentHeader header = someHeader();
  Bytes encoded = encode(header);
  EXPECT_EQ(encoded.size(), segmentHeaderBytes);
  header.checksum = checksumOfHeader(encoded);
  auto decoded = decodeSegmentHeader(encoded);
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(*decoded, header);
}

TEST(SegmentFormat, EveryFlippedBitOfAHeaderIsNoticed) {
  Bytes encoded = encode(someHeader());
  for (std::size_t bit = 0; bit < encoded.size() * 8; ++bit) {
    Bytes flipped = encoded;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    EXPECT_FALSE(decodeSegmentHeader(flipped).ok()) << "bit " << bit;
  }
}

TEST(SegmentFormat, ANewerFormatIsNamedAndNotTakenForDamage) {
  Bytes encoded = encode(someHeader());
  encoded[8] = 2;
  auto decoded = decodeSegmentHeader(resealed(encoded));
  ASSERT_FALSE(decoded.ok());
  EXPECT_EQ(decoded.error().kind, ErrorKind::mismatch);
  EXPECT_NE(decoded.error().message.find("format 2"), std::string::npos);
  EXPECT_EQ(decodeSegmentHeader(encoded).error().kind, ErrorKind::corrupt) << "no checksum: damage";
}

TEST(SegmentFormat, AnUnknownCodecIsNamed) {
  Bytes encoded = encode(someHeader());
  encoded[36] = 2;
  EXPECT_EQ(decodeSegmentHeader(resealed(encoded)).error().kind, ErrorKind::unsupported);
}

TEST(SegmentFormat, EveryKnownCodecComesBack) {
  SegmentHeader header = someHeader();
  header.codec = LogCompression::zstd;
  EXPECT_EQ(decodeSegmentHeader(encode(header))->codec, LogCompression::zstd);
}

// A batch that is whole by its checksum is one, even if only a later version can read it.
TEST(SegmentFormat, ABatchOfANewerVersionIsNamed) {
  for (auto [field, word] : {std::pair(0, "batch kind 3"), {1, "codec 2"}}) {
    BatchHeader header;
    header.directory = DirectoryId{2};
    header.at = {42, 0};
    if (field == 0) header.kind = static_cast<BatchKind>(3);
    if (field == 1) header.codec = static_cast<LogCompression>(2);
    Bytes bytes(batchHeaderBytes + 10, 'x');
    seal(bytes, header);
    auto batch = batchAt(bytes, DirectoryId{2}, {42, 0});
    ASSERT_TRUE(batch);
    Status known = checkKnown(batch->header);
    ASSERT_FALSE(known.ok());
    EXPECT_EQ(known.error().kind, ErrorKind::unsupported);
    EXPECT_NE(known.error().message.find(word), std::string::npos) << known.error().message;
  }
}

TEST(SegmentFormat, ABrokenBatchClaimsNoMoreThanStandsBeforeIt) {
  SegmentBuilder builder(someHeader());
  LogPosition first = builder.at();
  builder.add({}, {41, 4000});
  LogPosition second = builder.at();
  builder.add({}, second);
  Bytes file = builder.file();
  file[second.offset] ^= 1;  // the checksum
  EXPECT_FALSE(batchAt(file, DirectoryId{2}, second));
  EXPECT_EQ(claimAt(file, DirectoryId{2}, second), second);
  EXPECT_EQ(claimAt(file, DirectoryId{2}, first), (LogPosition{41, 4000}));
  EXPECT_FALSE(claimAt(file, DirectoryId{3}, second));
  EXPECT_FALSE(claimAt(file, DirectoryId{2}, {42, second.offset + 1}));
  EXPECT_FALSE(claimAt(file, DirectoryId{2}, {42, file.size()}));
  file[second.offset + 49] ^= 0x40;  // says that what comes later is synced
  EXPECT_FALSE(claimAt(file, DirectoryId{2}, second));
}

TEST(SegmentFormat, ABrokenBatchStillShowsThatItIsOfThisLife) {
  SegmentBuilder builder(someHeader());
  LogPosition at = builder.at();
  std::uint64_t previous = builder.lastChecksum();
  builder.add({}, {41, 4000});
  const Bytes whole = builder.file();
  EXPECT_TRUE(bearsThisLife(whole, at, previous));
  EXPECT_FALSE(bearsThisLife(whole, {43, at.offset}, previous + 1)) << "a later life";
  EXPECT_FALSE(bearsThisLife(whole.substr(0, at.offset + 30), at, previous)) << "cut";
  EXPECT_FALSE(bearsThisLife(whole, {42, whole.size()}, previous));
  for (std::size_t bit = 0; bit < batchHeaderBytes * 8; ++bit) {
    Bytes flipped = whole;
    std::size_t place = at.offset + bit / 8;
    flipped[place] = static_cast<char>(flipped[place] ^ (1 << bit % 8));
    EXPECT_TRUE(bearsThisLife(flipped, at, previous)) << "bit " << bit;
  }
}

TEST(SegmentFormat, ZeroesWereNeverWritten) {
  EXPECT_EQ(decodeSegmentHeader(Bytes(4096, '\0')).error().kind, ErrorKind::notFound);
  EXPECT_EQ(decodeSegmentHeader("HENGE").error().kind, ErrorKind::corrupt);
  EXPECT_EQ(decodeSegmentHeader("").error().kind, ErrorKind::corrupt);
}

TEST(SegmentFormat, ABatchIsValidOnlyInItsPlace) {
  std::mt19937_64 chance(4);
  SegmentBuilder builder(someHeader());
  LogPosition at = builder.at();
  builder.add({anyRecord(chance), anyRecord(chance)}, {41, 4000});
  auto batch = batchAt(builder.file(), DirectoryId{2}, at);
  ASSERT_TRUE(batch);
  EXPECT_EQ(batch->header.count, 2u);
  EXPECT_EQ(batch->header.syncedTo, (LogPosition{41, 4000}));
  EXPECT_EQ(batch->header.at.offset + batch->header.length, builder.at().offset);

  EXPECT_FALSE(batchAt(builder.file(), DirectoryId{3}, at)) << "another directory";
  EXPECT_FALSE(batchAt(builder.file(), DirectoryId{2}, {43, at.offset})) << "another segment";
  EXPECT_FALSE(batchAt("x" + builder.file(), DirectoryId{2}, {42, at.offset + 1})) << "moved";
  EXPECT_FALSE(batchAt(builder.file(), DirectoryId{2}, {42, 4095}));
  EXPECT_FALSE(batchAt(builder.file(), DirectoryId{2}, {42, 1 << 20}));
}

TEST(SegmentFormat, TrailersComeBackAsTheyWere) {
  SegmentTrailer trailer;
  trailer.end = 999;
  trailer.checksum = 5;
  Record low;
  low.key = "b";
  low.version = {10, 1};
  Record high;
  high.key = "d";
  high.version = {5, 2};
  trailer.summary.add(low);
  trailer.summary.add(high);
  EXPECT_EQ(trailer.summary.leastKey, "b");
  EXPECT_EQ(trailer.summary.greatestKey, "d");
  EXPECT_EQ(trailer.summary.leastVersion, high.version);
  EXPECT_EQ(trailer.summary.greatestVersion, low.version);
  Bytes encoded;
  append(encoded, trailer);
  EXPECT_EQ(encoded.size(), trailerPayloadBytes(trailer.summary));
  auto decoded = decodeTrailer(encoded);
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(*decoded, trailer);
  EXPECT_FALSE(decodeTrailer(encoded.substr(1)).ok());
}

TEST(SegmentFormat, LongKeysAreCutInTheTrailer) {
  Record record;
  record.key = Bytes(5000, 'k');
  SegmentSummary summary;
  summary.add(record);
  EXPECT_EQ(summary.leastKey, Bytes(trailerKeyBytesMax, 'k'));
  EXPECT_EQ(batchHeaderBytes + trailerPayloadBytes(summary), trailerBytesMax);
}

}  // namespace
}  // namespace henge::storage
