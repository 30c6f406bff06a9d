#include "server/storage/hint_codec.h"

#include <gtest/gtest.h>

#include "server/storage/record_codec.h"
#include "server/storage/store_keys.h"
#include "tests/unit/storage/any_record.h"

namespace henge::storage {
namespace {

HintEntry anyEntry(std::mt19937_64& chance) {
  const HintId id{{static_cast<std::uint32_t>(chance())}, chance()};
  switch (chance() % 3) {
    case 0: {
      Hint hint;
      hint.id = id;
      hint.keptAt = {static_cast<std::int64_t>(chance())};
      hint.expiresAt = {static_cast<std::int64_t>(chance())};
      hint.dispatchedAtMicros = static_cast<std::int64_t>(chance());
      hint.record = anyRecord(chance);
      return hint;
    }
    case 1:
      return HintDone{id, static_cast<HintEnd>(1 + chance() % 4)};
    default:
      return RepairMark{id.target,
                        anyBytes(chance, 9),
                        anyBytes(chance, 9),
                        {static_cast<std::int64_t>(chance())},
                        chance() % 2 == 0};
  }
}

TEST(HintCodec, EntriesComeBackInTheirOrderBesideRows) {
  std::mt19937_64 chance(1);
  for (std::uint32_t count = 0; count < 60; ++count) {
    std::vector<HintEntry> entries;
    Bytes payload;
    for (std::uint32_t i = 0; i < count; ++i) {
      entries.push_back(anyEntry(chance));
      const std::size_t before = payload.size();
      appendEntry(payload, entries.back());
      EXPECT_EQ(payload.size() - before, entryBytes(entries.back()));
    }
    const Record row = anyRecord(chance);
    appendEntry(payload, row);
    const auto decoded = decodeEntries(payload, count + 1);
    ASSERT_TRUE(decoded.ok()) << decoded.error().message;
    EXPECT_EQ(decoded->hints, entries);
    EXPECT_EQ(decoded->records, std::vector<Record>{row});
    EXPECT_EQ(decoded->skipped, 0u);
  }
}

TEST(HintCodec, RowsOfTheStoreComeBackAsTheyWere) {
  std::mt19937_64 chance(2);
  for (int i = 0; i < 500; ++i) {
    const HintEntry entry = anyEntry(chance);
    const HintRow row = rowOf(entry);
    if (const auto* hint = std::get_if<Hint>(&entry)) {
      EXPECT_EQ(decodeHintRow(row.key, *row.value).value(), *hint);
    } else if (const auto* mark = std::get_if<RepairMark>(&entry);
               mark != nullptr && mark->needed) {
      EXPECT_EQ(decodeMarkRow(row.key, *row.value).value(), *mark);
    } else {
      EXPECT_FALSE(row.value.has_value()) << "it takes away what was there";
    }
  }
}

// Each of the three, cut at every byte: what a mark's end has lost is not noticed by the entry
// alone, its length does that.
TEST(HintCodec, EveryPlaceToCutAnEntryIsNoticed) {
  std::mt19937_64 chance(3);
  for (int i = 0; i < 30; ++i) {
    Bytes payload;
    appendEntry(payload, anyEntry(chance));
    for (std::size_t length = 0; length < payload.size(); ++length)
      EXPECT_FALSE(decodeEntries(payload.substr(0, length), 1).ok()) << length;
    EXPECT_FALSE(decodeEntries(payload + "x", 1).ok());
  }
}

TEST(HintCodec, HintsOfATargetStandTogetherTheOldestFirst) {
  const std::uint64_t boot = hintNumbersBefore(2);
  EXPECT_LT(hintKey({{1}, UINT64_MAX}), hintKey({{2}, 0}));
  EXPECT_LT(hintKey({{2}, 255}), hintKey({{2}, 256}));
  EXPECT_LT(hintKey({{2}, 256}), hintKey({{2}, boot + 1}));
  EXPECT_LT(hintKey({{0xffffffff}, UINT64_MAX}), hintEnd());
  EXPECT_LT(dataEnd(), hintKey({}));
  EXPECT_LT(hintEnd(), markKey({}, ""));
  EXPECT_EQ(*idOfHintKey(hintKey({{7}, boot + 9})), (HintId{{7}, boot + 9}));
}

// What a damaged store brings as a key is input like any other.
TEST(HintCodec, BrokenKeysAreErrors) {
  const Bytes key = hintKey({{7}, 9});
  const Bytes value = *rowOf(Hint()).value;
  for (const Bytes& broken : {Bytes(), key.substr(0, 12), key + 'x', "\x04" + key.substr(1)}) {
    EXPECT_EQ(idOfHintKey(broken).error().kind, ErrorKind::corrupt);
    EXPECT_EQ(decodeHintRow(broken, value).error().kind, ErrorKind::corrupt);
  }
  const Bytes mark = *rowOf(RepairMark()).value;
  for (const Bytes& broken : {Bytes(), markKey({7}, "").substr(0, 4), key})
    EXPECT_EQ(decodeMarkRow(broken, mark).error().kind, ErrorKind::corrupt);
}

TEST(HintCodec, NewerFormatsAreRefusedByName) {
  Hint hint;
  hint.record.key = "k";
  HintRow row = rowOf(hint);
  (*row.value)[0] = 9;
  EXPECT_NE(decodeHintRow(row.key, *row.value).error().message.find("hint format 9"),
            std::string::npos);
  row = rowOf(RepairMark{});
  (*row.value)[0] = 9;
  EXPECT_EQ(decodeMarkRow(row.key, *row.value).error().kind, ErrorKind::unsupported);
  EXPECT_NE(decodeMarkRow(row.key, *row.value).error().message.find("repair mark format 9"),
            std::string::npos);
}

// A version that knew only rows (docs/format/record.md) refuses these kinds by their numbers: they
// are not flagged skippable.
TEST(HintCodec, NoneIsFlaggedSkippable) {
  for (const HintEntry& entry :
       {HintEntry(Hint{}), HintEntry(HintDone{}), HintEntry(RepairMark{})}) {
    Bytes payload;
    appendEntry(payload, entry);
    EXPECT_EQ(payload[5], 0);
  }
}

}  // namespace
}  // namespace henge::storage
