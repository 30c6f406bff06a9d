#include "server/storage/record_codec.h"

#include <gtest/gtest.h>

#include "tests/unit/storage/any_record.h"

namespace henge::storage {
namespace {

TEST(RecordCodec, RowsComeBackAsTheyWere) {
  std::mt19937_64 chance(1);
  for (int i = 0; i < 2000; ++i) {
    Record record = anyRecord(chance);
    auto decoded = decodeRow(record.key, encodeRow(record));
    ASSERT_TRUE(decoded.ok());
    EXPECT_EQ(*decoded, record);
    EXPECT_EQ(decoded->extensions, record.extensions);
  }
}

TEST(RecordCodec, EntriesComeBackInTheirOrder) {
  std::mt19937_64 chance(2);
  for (std::size_t count = 0; count < 40; ++count) {
    std::vector<Record> records;
    Bytes payload;
    for (std::size_t i = 0; i < count; ++i) {
      records.push_back(anyRecord(chance));
      std::size_t before = payload.size();
      appendEntry(payload, records.back());
      EXPECT_EQ(payload.size() - before, entryBytes(records.back()));
    }
    auto decoded = decodeEntries(payload, static_cast<std::uint32_t>(count));
    ASSERT_TRUE(decoded.ok());
    EXPECT_EQ(decoded->records, records);
  }
}

TEST(RecordCodec, EveryPlaceToCutAnEntryIsNoticed) {
  std::mt19937_64 chance(3);
  Bytes payload;
  appendEntry(payload, anyRecord(chance));
  for (std::size_t length = 0; length < payload.size(); ++length)
    EXPECT_FALSE(decodeEntries(payload.substr(0, length), 1).ok()) << length;
  EXPECT_FALSE(decodeEntries(payload + "x", 1).ok());
}

TEST(RecordCodec, AnUnknownEntryKindIsNamed) {
  Bytes payload;
  appendEntry(payload, Record{});
  payload[6] = 9;
  auto decoded = decodeEntries(payload, 1);
  ASSERT_FALSE(decoded.ok());
  EXPECT_EQ(decoded.error().kind, ErrorKind::unsupported);
  EXPECT_NE(decoded.error().message.find("log entry kind 9"), std::string::npos);
}

TEST(RecordCodec, ASkippableUnknownKindIsPassedOver) {
  Record known;
  known.key = "k";
  Bytes payload;
  appendEntry(payload, Record{});
  payload[5] = 1;  // skippable
  payload[6] = 9;
  appendEntry(payload, known);
  auto decoded = decodeEntries(payload, 2);
  ASSERT_TRUE(decoded.ok());
  EXPECT_EQ(decoded->skipped, 1u);
  EXPECT_EQ(decoded->records, std::vector<Record>{known});
}

TEST(RecordCodec, NewerRowsAreRefusedByName) {
  Bytes row = encodeRow(Record{});
  for (auto [at, what] : {std::pair(0, "row format 7"), {1, "row flags 7"}, {2, "record kind 7"}}) {
    Bytes changed = row;
    changed[static_cast<std::size_t>(at)] = 7;
    auto decoded = decodeRow("k", changed);
    ASSERT_FALSE(decoded.ok());
    EXPECT_EQ(decoded.error().kind, ErrorKind::unsupported);
    EXPECT_NE(decoded.error().message.find(what), std::string::npos) << decoded.error().message;
  }
}

// The bytes of docs/format/record.md, once by hand.
TEST(RecordCodec, ARowIsTheBytesOfItsPage) {
  Record record;
  record.version = {0x0102, 0x0304};
  record.expiryMicros = 5;
  record.value = "val";
  record.extensions[6] = "x";
  EXPECT_EQ(toHex(encodeRow(record)),
            "01000100"
            "0201000000000000"
            "0403000000000000"
            "0500000000000000"
            "09000000"
            "060000000100000078"
            "76616c");
}

}  // namespace
}  // namespace henge::storage
