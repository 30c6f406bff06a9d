// Rows and log entries as bytes (docs/format/record.md). Pure.
#pragma once

#include <cstdint>
#include <vector>

#include "core/hint.h"
#include "core/record.h"
#include "core/result.h"

namespace henge::storage {

Bytes encodeRow(const Record& record);
std::size_t rowBytes(const Record& record);  // what encodeRow() makes

// corrupt: the bytes end too early, or are none of ours; unsupported: a format, flag or record kind
// that this version does not know, named.
Result<Record> decodeRow(BytesView key, BytesView row);

// One log entry, appended to `out`.
void appendEntry(Bytes& out, const Record& record);
std::size_t entryBytes(const Record& record);  // what appendEntry() appends

// The beginning and the end of an entry of any kind. endEntry() takes what beginEntry() gave.
inline constexpr std::size_t entryHeadBytes = 20;
std::size_t beginEntry(Bytes& out, std::uint8_t kind);
void endEntry(Bytes& out, std::size_t at);

struct DecodedEntries {
  std::vector<Record> records;   // in log order
  std::vector<HintEntry> hints;  // in log order, among themselves
  std::uint64_t skipped = 0;     // of kinds that may be passed over
};

// `payload` holds `count` entries and nothing else. Errors as decodeRow().
Result<DecodedEntries> decodeEntries(BytesView payload, std::uint32_t count);

}  // namespace henge::storage
