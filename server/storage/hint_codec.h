// Hints and repair marks as bytes: entries of the log, rows of the store (docs/format/record.md,
// docs/format/store.md). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <utility>

#include "core/hint.h"
#include "core/result.h"

namespace henge::storage {

inline constexpr std::uint8_t entryKindHint = 2;
inline constexpr std::uint8_t entryKindHintDone = 3;
inline constexpr std::uint8_t entryKindRepairMark = 6;

// One log entry, appended to `out`.
void appendEntry(Bytes& out, const HintEntry& entry);
std::size_t entryBytes(const HintEntry& entry);  // what appendEntry() appends

// What stands behind an entry's range epoch. Precondition: `kind` is one of the three. Errors as
// decodeRow().
Result<HintEntry> decodeHintEntry(std::uint8_t kind, BytesView body);

// What the store holds once the entry has been fed: a row, or nothing where one may have been.
struct HintRow {
  Bytes key;
  std::optional<Bytes> value;
};
HintRow rowOf(const HintEntry& entry);

// Of the store's entries.
Result<Hint> decodeHintRow(BytesView storeKey, BytesView value);
Result<RepairMark> decodeMarkRow(BytesView storeKey, BytesView value);

}  // namespace henge::storage
