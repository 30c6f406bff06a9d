// One version of one key: what replicas hold, logs keep and nodes send each other.
#pragma once

#include <compare>
#include <cstdint>
#include <map>

#include "core/bytes.h"
#include "core/version.h"

namespace henge {

enum class RecordKind : std::uint8_t { value = 1, tombstone = 2 };

// Numbered additions of later versions: kept and passed on by nodes that don't know them, and no
// part of digest or equality.
using Extensions = std::map<std::uint32_t, Bytes>;

struct Record {
  Bytes key;
  Version version;
  RecordKind kind = RecordKind::value;
  std::int64_t expiryMicros = 0;  // wall time at which the value ends; 0 = never
  Bytes value;                    // empty for a tombstone
  Extensions extensions;

  bool isTombstone() const { return kind == RecordKind::tombstone; }
  std::size_t bytes() const;  // what it costs a table or a log, roughly; for limits

  // The same everything but extensions.
  friend bool operator==(const Record& a, const Record& b);
};

// The total order of the versions of ONE key, the same in replica, merge, repair and replay:
// timestamp, writer, tombstone over value, later expiry (none = latest), larger value bytes.
// Precondition: the keys are equal.
std::strong_ordering newness(const Record& a, const Record& b);
// As newness(), but for the value: equal heads may bear different values.
std::strong_ordering newnessOfHeads(const Record& a, const Record& b);
inline bool isNewer(const Record& a, const Record& b) { return newness(a, b) > 0; }

// XXH3-64 over kind, expiry and value (docs/format/record.md): tells apart two records that bear
// one version without sending their values.
std::uint64_t digestOf(const Record& record);

}  // namespace henge
