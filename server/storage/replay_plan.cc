#include "server/storage/replay_plan.h"

#include <algorithm>

#include "server/storage/segment_names.h"

namespace henge::storage {

Damage missingSegment(std::uint64_t id, std::uint32_t shard) {
  std::string file = logDirectory(shard) + "/" + segmentName(id);
  return {file, 0, file + " is missing: what it held is not in the store"};
}

ReplayPlan planReplay(const std::vector<ports::DirectoryEntry>& entries, LogPosition applied,
                      const StorageOptions& options) {
  ReplayPlan plan;
  plan.applied = applied;
  for (const ports::DirectoryEntry& entry : entries) {
    if (auto id = segmentOfName(entry.name)) {
      (*id <= applied.segment ? plan.old : plan.toRead).push_back({*id, entry.bytes});
    } else if (isSpareName(entry.name)) {
      bool usable = entry.bytes == options.segmentBytes && plan.spares.size() < options.sparesMax;
      (usable ? plan.spares : plan.refuse).push_back(entry.name);
    } else if (entry.name == newName) {
      plan.refuse.push_back(entry.name);
    }
  }
  auto byId = [](const SegmentFile& a, const SegmentFile& b) { return a.id < b.id; };
  std::sort(plan.toRead.begin(), plan.toRead.end(), byId);
  std::sort(plan.old.begin(), plan.old.end(), byId);

  const std::uint32_t shard = options.owner.shard;
  std::uint64_t expected = applied.segment + 1;
  if (plan.toRead.empty() && (applied.segment > 0 || !plan.old.empty()))
    plan.missing.push_back(missingSegment(expected, shard));
  for (const SegmentFile& file : plan.toRead) {
    if (file.id != expected) plan.missing.push_back(missingSegment(expected, shard));
    expected = file.id + 1;
  }
  return plan;
}

}  // namespace henge::storage
