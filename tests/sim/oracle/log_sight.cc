#include "tests/sim/oracle/log_sight.h"

#include "server/storage/batch_payload.h"
#include "server/storage/segment_format.h"
#include "server/storage/segment_names.h"

namespace henge::sim {

namespace {

std::optional<std::uint64_t> segmentOf(const std::string& path) {
  const std::string directory = storage::logDirectory(0) + "/";
  if (!path.starts_with(directory)) return std::nullopt;
  return storage::segmentOfName(std::string_view(path).substr(directory.size()));
}

}  // namespace

void LogSight::raise(Newest& newest, const LogEntry& entry) {
  if (entry.version > newest.version) newest = {entry.version, entry.end};
}

std::vector<std::pair<LogEntry, Record>> LogSight::onWritten(const std::string& path,
                                                             std::uint64_t offset, BytesView bytes,
                                                             DirectoryId directory) {
  std::vector<std::pair<LogEntry, Record>> entries;
  hintsWritten_.clear();
  const auto segment = segmentOf(path);
  if (!segment || broken_) return entries;
  if (offset == 0) {  // the header comes with the first batch
    broken_ = bytes.size() <= storage::segmentHeaderBytes;
    if (broken_) return entries;
    offset = storage::segmentHeaderBytes;
    bytes.remove_prefix(offset);
  }
  // The format's own reader wants the batch where it stands in its segment.
  Bytes standing(offset, '\0');
  standing.append(bytes);
  const auto batch = storage::batchAt(standing, directory, {*segment, offset});
  broken_ = !batch;
  if (broken_) return entries;
  const LogPosition end{*segment, offset + bytes.size()};
  writtenEnds_[*segment] = end;
  if (batch->header.kind != storage::BatchKind::entries) return entries;
  auto decoded = storage::entriesOf(*batch, storage::unpackedBytesMax);
  if (!decoded.ok()) return entries;
  hintsWritten_ = std::move(decoded->hints);
  for (const Record& record : decoded->records) {
    const auto number = keys_->numbers.find(record.key);
    if (number == keys_->numbers.end()) continue;
    const LogEntry entry{end, number->second, record.version, digestOf(record)};
    unsynced_.push_back(entry);
    raise(written_[entry.key], entry);
    entries.emplace_back(entry, record);
  }
  return entries;
}

std::vector<LogEntry> LogSight::onSynced(const std::string& path) {
  std::vector<LogEntry> durable;
  const auto segment = segmentOf(path);
  if (!segment) return durable;
  const auto ends = writtenEnds_.find(*segment);
  if (ends == writtenEnds_.end()) return durable;
  syncedEnd_ = std::max(syncedEnd_, ends->second);
  writtenEnds_.erase(ends);
  const auto rest =
      std::stable_partition(unsynced_.begin(), unsynced_.end(),
                            [&](const LogEntry& entry) { return entry.end.segment == *segment; });
  durable.assign(unsynced_.begin(), rest);
  unsynced_.erase(unsynced_.begin(), rest);
  for (const LogEntry& entry : durable) raise(synced_[entry.key], entry);
  return durable;
}

void LogSight::recovered(std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    raise(synced_[unsynced_[i].key], unsynced_[i]);
    syncedEnd_ = std::max(syncedEnd_, unsynced_[i].end);
  }
  forgetRest();
}

void LogSight::forgetRest() {
  unsynced_.clear();
  writtenEnds_.clear();
  written_ = synced_;
  broken_ = false;
}

void LogSight::assume(const std::vector<Version>& versions) {
  for (std::size_t k = 0; k < versions.size(); ++k) synced_[k] = {versions[k], {}};
  forgetRest();
}

}  // namespace henge::sim
