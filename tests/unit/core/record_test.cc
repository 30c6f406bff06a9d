#include "core/record.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "tests/unit/core/record_generator.h"

namespace henge {
namespace {

Record valueOf(Bytes value, Version version = {5, 1}) {
  Record record;
  record.key = "k";
  record.version = version;
  record.value = std::move(value);
  return record;
}

TEST(Record, digestIsOfKindExpiryAndValueAlone) {
  Record record = valueOf("hello");
  record.expiryMicros = 0x0102030405060708;
  EXPECT_EQ(digestOf(record), hash64(Bytes("\x01\x08\x07\x06\x05\x04\x03\x02\x01hello")));
  std::uint64_t digest = digestOf(record);
  record.version = {6, 2};
  record.key = "another";
  record.extensions[3] = "x";
  EXPECT_EQ(digestOf(record), digest);
  record.expiryMicros = 0;
  EXPECT_NE(digestOf(record), digest);
}

TEST(Record, digestsNeverChange) {
  EXPECT_EQ(digestOf(valueOf("")), hash64(Bytes("\x01\0\0\0\0\0\0\0\0", 9)));
  Record tombstone = valueOf("");
  tombstone.kind = RecordKind::tombstone;
  EXPECT_EQ(digestOf(tombstone), hash64(Bytes("\x02\0\0\0\0\0\0\0\0", 9)));
}

TEST(Record, equalityIgnoresExtensionsOnly) {
  Record a = valueOf("v");
  Record b = a;
  b.extensions[1] = "x";
  EXPECT_EQ(a, b);
  for (auto change :
       {+[](Record& r) { r.key = "l"; }, +[](Record& r) { r.value = "w"; },
        +[](Record& r) { r.version.writer = 2; }, +[](Record& r) { r.expiryMicros = 1; },
        +[](Record& r) { r.kind = RecordKind::tombstone; }}) {
    Record changed = a;
    change(changed);
    EXPECT_NE(a, changed);
  }
}

TEST(Record, neverExpiringIsLaterThanTheLastMicrosecond) {
  Record last = valueOf("v");
  last.expiryMicros = INT64_MAX;
  EXPECT_TRUE(isNewer(valueOf("v"), last));
}

TEST(Record, valuesAreComparedAsUnsignedBytes) {
  EXPECT_TRUE(isNewer(valueOf("\xff"), valueOf("\x7f")));
  EXPECT_TRUE(isNewer(valueOf(Bytes("a\0", 2)), valueOf("a")));
}

TEST(Record, bytesGrowWithEverythingItHolds) {
  Record record = valueOf("");
  std::size_t empty = record.bytes();
  EXPECT_GT(empty, 0u);
  record.value = Bytes(1000, 'v');
  EXPECT_EQ(record.bytes(), empty + 1000);
  record.key = Bytes(501, 'k');
  EXPECT_EQ(record.bytes(), empty + 1500);
  record.extensions[1] = Bytes(10, 'e');
  EXPECT_GE(record.bytes(), empty + 1510);
}

TEST(RecordDeathTest, recordsOfTwoKeysHaveNoOrder) {
  Record other = valueOf("v");
  other.key = "other";
  EXPECT_DEATH((void)newness(valueOf("v"), other), "key");
}

// ---- the order is total, by the rules in their order

RC_GTEST_PROP(Newness, isTotalAndAntisymmetric, ()) {
  Record a = *closeRecords();
  Record b = *closeRecords();
  RC_ASSERT((newness(a, b) == 0) == (a == b));
  RC_ASSERT((newness(a, b) > 0) == (newness(b, a) < 0));
  RC_ASSERT((newness(a, a) == 0));
}

RC_GTEST_PROP(Newness, isTransitive, ()) {
  Record a = *closeRecords();
  Record b = *closeRecords();
  Record c = *closeRecords();
  if (newness(a, b) >= 0 && newness(b, c) >= 0) RC_ASSERT((newness(a, c) >= 0));
  if (newness(a, b) > 0 && newness(b, c) >= 0) RC_ASSERT((newness(a, c) > 0));
}

// The stupid twin: one sentence per rule.
bool isNewerByRules(const Record& a, const Record& b) {
  if (a.version.timestamp != b.version.timestamp) return a.version.timestamp > b.version.timestamp;
  if (a.version.writer != b.version.writer) return a.version.writer > b.version.writer;
  if (a.kind != b.kind) return a.kind == RecordKind::tombstone;
  if (a.expiryMicros != b.expiryMicros && a.expiryMicros == 0) return true;
  if (a.expiryMicros != b.expiryMicros && b.expiryMicros == 0) return false;
  if (a.expiryMicros != b.expiryMicros) return a.expiryMicros > b.expiryMicros;
  return std::basic_string<unsigned char>(a.value.begin(), a.value.end()) >
         std::basic_string<unsigned char>(b.value.begin(), b.value.end());
}

RC_GTEST_PROP(Newness, isWhatTheRulesSay, ()) {
  Record a = *closeRecords();
  Record b = *closeRecords();
  RC_ASSERT(isNewer(a, b) == isNewerByRules(a, b));
}

}  // namespace
}  // namespace henge
