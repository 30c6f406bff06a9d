// Whether a write may be accepted with so much space left (docs/mechanisms/full_disk.md). Pure.
#pragma once

#include <cstdint>
#include <string>

#include "core/record.h"
#include "core/result.h"

namespace henge::storage {

// What must still fit on the disk so that everything accepted so far can be flushed, in bytes.
struct SpaceNeed {
  std::uint64_t memtables = 0;  // in the store, not persisted
  std::uint64_t tables = 0;     // in memory, not in the store; writes on their way too
  std::uint64_t segment = 0;    // the log's next one
  std::uint64_t ballast = 0;    // left for removes

  std::uint64_t forRemoves() const { return memtables + tables + segment; }
  std::uint64_t forPuts() const { return forRemoves() + ballast; }
};

// diskFull, with what is free, what is needed, for what, and what an operator can do.
Status checkSpace(std::uint64_t freeBytes, const SpaceNeed& need, RecordKind kind);

}  // namespace henge::storage
