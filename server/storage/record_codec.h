// Rows and log entries as bytes (docs/format/record.md). Pure.
#pragma once

#include <cstdint>
#include <vector>

#include "core/record.h"
#include "core/result.h"

namespace henge::storage {

Bytes encodeRow(const Record& record);

// corrupt: the bytes end too early, or are none of ours; unsupported: a format, flag or record kind
// that this version does not know, named.
Result<Record> decodeRow(BytesView key, BytesView row);

// One log entry, appended to `out`.
void appendEntry(Bytes& out, const Record& record);
std::size_t entryBytes(const Record& record);  // what appendEntry() appends

struct DecodedEntries {
  std::vector<Record> records;  // in log order
  std::uint64_t skipped = 0;    // of kinds that may be passed over
};

// `payload` holds `count` entries and nothing else. Errors as decodeRow().
Result<DecodedEntries> decodeEntries(BytesView payload, std::uint32_t count);

}  // namespace henge::storage
