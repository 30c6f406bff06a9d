// What the files of the log's directory mean at a start. Pure.
#pragma once

#include <string>
#include <vector>

#include "core/ids.h"
#include "server/ports/disk.h"
#include "server/storage/open_report.h"
#include "server/storage/storage_options.h"

namespace henge::storage {

struct SegmentFile {
  std::uint64_t id = 0;
  std::uint64_t bytes = 0;
};

struct ReplayPlan {
  LogPosition applied;              // of the store
  std::vector<SegmentFile> toRead;  // not wholly in the store; ascending
  std::vector<SegmentFile> old;     // wholly in the store; ascending
  std::vector<std::string> spares;  // of the right size; names
  std::vector<std::string> refuse;  // spares of another size, files half made; names
  std::vector<LogDamage> missing;   // segments that must be there and are not
};

LogDamage missingSegment(std::uint64_t id, std::string reason, std::uint32_t shard);

// `applied`: the store's persisted position, {0,0} if it has none. From the segment after it on,
// ids have no gaps, and one at least is there, once a store has an applied position.
ReplayPlan planReplay(const std::vector<ports::DirectoryEntry>& entries, LogPosition applied,
                      const StorageOptions& options);

}  // namespace henge::storage
