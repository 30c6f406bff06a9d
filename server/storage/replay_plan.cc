#include "server/storage/replay_plan.h"

#include <algorithm>

#include "server/storage/segment_names.h"

namespace henge::storage {

namespace {

std::string number(std::uint64_t id) { return std::to_string(id); }

// Nothing is behind the store's position, though a next segment is always made ahead.
std::string logEndsTooEarly(const ReplayPlan& plan, LogPosition applied) {
  std::string held = plan.old.empty() ? "no segment at all is there"
                                      : "the last one there is " + number(plan.old.back().id);
  return "the file is missing: the store holds everything up to " + toString(applied) + ", " +
         held + ": the log is older than the store, or was removed";
}

std::string logBeginsTooLate(std::uint64_t first, LogPosition applied) {
  std::string held = applied == LogPosition{}
                         ? "the store holds nothing"
                         : "the store holds everything up to " + toString(applied);
  return "the file is missing: " + held + ", the log goes on with segment " + number(first) +
         ": the store is older than the log, or files were removed";
}

}  // namespace

LogDamage missingSegment(std::uint64_t id, std::string reason, std::uint32_t shard) {
  return {segmentPath(shard, id), 0, std::move(reason), {}, {}};
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
    plan.missing.push_back(missingSegment(expected, logEndsTooEarly(plan, applied), shard));
  for (const SegmentFile& file : plan.toRead) {
    const bool first = file.id == plan.toRead.front().id;
    if (file.id != expected)
      plan.missing.push_back(missingSegment(expected,
                                            first ? logBeginsTooLate(file.id, applied)
                                                  : "the file is missing between segment " +
                                                        number(expected - 1) + " and " +
                                                        number(file.id),
                                            shard));
    expected = file.id + 1;
  }
  return plan;
}

}  // namespace henge::storage
