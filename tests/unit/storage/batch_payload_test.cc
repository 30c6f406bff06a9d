#include "server/storage/batch_payload.h"

#include <gtest/gtest.h>

#include "server/storage/little_endian.h"
#include "tests/unit/storage/any_record.h"

namespace henge::storage {
namespace {

constexpr std::uint64_t segmentBytes = 1 << 20;

Batch batchOf(BytesView bytes, std::size_t count, LogCompression codec) {
  Batch batch;
  batch.header.count = static_cast<std::uint32_t>(count);
  batch.header.codec = codec;
  batch.payload = bytes.substr(batchHeaderBytes);
  return batch;
}

Bytes plain(const std::vector<Record>& records) {
  Bytes batch(batchHeaderBytes, '\0');
  for (const Record& record : records) appendEntry(batch, record);
  return batch;
}

Record longRecord() {
  Record record;
  record.key = "k";
  record.value = Bytes(3000, 'x');
  return record;
}

TEST(BatchPayload, EntriesComeBackAsTheyWere) {
  std::mt19937_64 chance(11);
  Compressor compressor;
  int compressed = 0;
  for (std::size_t count = 0; count < 200; ++count) {
    std::vector<Record> records;
    for (std::size_t i = 0; i < count; ++i) records.push_back(anyRecord(chance));
    Bytes batch = plain(records);
    const std::size_t before = batch.size();
    const LogCompression codec = pack(batch, compressor);
    compressed += codec == LogCompression::zstd;
    EXPECT_EQ(batch.size() < before, codec == LogCompression::zstd);
    EXPECT_EQ(batch.substr(0, batchHeaderBytes), Bytes(batchHeaderBytes, '\0'));
    auto entries = entriesOf(batchOf(batch, count, codec), segmentBytes);
    ASSERT_TRUE(entries.ok());
    EXPECT_EQ(entries->records, records);
  }
  EXPECT_GT(compressed, 150);
}

TEST(BatchPayload, WhatDoesNotShrinkStaysPlain) {
  std::mt19937_64 chance(12);
  Compressor compressor;
  Record record;
  record.value.resize(5000);
  for (char& c : record.value) c = static_cast<char>(chance());
  for (const Bytes& batch : {plain({record}), plain({Record{}}), plain({})}) {
    Bytes packed = batch;
    EXPECT_EQ(pack(packed, compressor), LogCompression::none);
    EXPECT_EQ(packed, batch);
  }
}

TEST(BatchPayload, NoMoreIsReservedThanTheSegmentHas) {
  Compressor compressor;
  Bytes batch = plain({longRecord()});
  const std::uint64_t entries = batch.size() - batchHeaderBytes;
  ASSERT_EQ(pack(batch, compressor), LogCompression::zstd);
  const Batch packed = batchOf(batch, 1, LogCompression::zstd);
  EXPECT_TRUE(entriesOf(packed, entries).ok());
  auto refused = entriesOf(packed, entries - 1);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().kind, ErrorKind::corrupt);
  EXPECT_NE(refused.error().message.find("more than can be"), std::string::npos);

  Bytes huge(batchHeaderBytes, '\0');
  appendU32(huge, unpackedBytesMax + 1);
  huge += batch.substr(batchHeaderBytes + 4);
  EXPECT_FALSE(entriesOf(batchOf(huge, 1, LogCompression::zstd), UINT64_MAX).ok());
}

TEST(BatchPayload, EveryPlaceToCutAndEveryFlippedBitOfAFrameIsNoCrash) {
  Compressor compressor;
  Bytes batch = plain({longRecord()});
  ASSERT_EQ(pack(batch, compressor), LogCompression::zstd);
  for (std::size_t length = batchHeaderBytes; length < batch.size(); ++length) {
    Bytes cut = batch.substr(0, length);
    EXPECT_FALSE(entriesOf(batchOf(cut, 1, LogCompression::zstd), segmentBytes).ok()) << length;
  }
  // The batch's checksum is what notices these; here they must only do no harm.
  for (std::size_t bit = batchHeaderBytes * 8; bit < batch.size() * 8; ++bit) {
    Bytes flipped = batch;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    (void)entriesOf(batchOf(flipped, 1, LogCompression::zstd), segmentBytes);
  }
}

}  // namespace
}  // namespace henge::storage
