#include "server/storage/space_rule.h"

namespace henge::storage {

Status checkSpace(std::uint64_t freeBytes, const SpaceNeed& need, RecordKind kind) {
  const bool removes = kind == RecordKind::tombstone;
  const std::uint64_t needed = removes ? need.forRemoves() : need.forPuts();
  if (freeBytes >= needed) return {};
  std::string parts = "store " + std::to_string(need.memtables) + " + tables " +
                      std::to_string(need.tables) + " + segment " + std::to_string(need.segment);
  if (!removes) parts += " + ballast " + std::to_string(need.ballast);
  return Error{ErrorKind::diskFull,
               "diskFull: " + std::to_string(freeBytes) + " bytes are free, " +
                   std::to_string(needed) + " needed (" + parts + ") before a " +
                   (removes ? "remove" : "put") +
                   " is taken; free space on the data directory's file system"};
}

}  // namespace henge::storage
