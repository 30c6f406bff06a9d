#include "server/engine/rocks_listener.h"

#include <cmath>
#include <rocksdb/metadata.h>
#include <string>
#include <utility>
#include <vector>

namespace henge::engine {

namespace {

ErrorKind kindOf(const rocksdb::Status& status) {
  if (status.IsCorruption()) return ErrorKind::corrupt;
  if (status.IsNoSpace()) return ErrorKind::diskFull;
  return ErrorKind::io;
}

std::uint64_t property(rocksdb::DB& db, const std::string& name) {
  std::uint64_t value = 0;
  return db.GetIntProperty(name, &value) ? value : 0;
}

}  // namespace

Error errorOf(const rocksdb::Status& status) {
  return {kindOf(status), "the store's engine: " + status.ToString()};
}

void Estimates::refreshCounts(rocksdb::DB& db) {
  using P = rocksdb::DB::Properties;
  const auto keys = property(db, P::kEstimateNumKeys);
  const auto inMemory =
      property(db, P::kNumEntriesActiveMemTable) + property(db, P::kNumEntriesImmMemTables);
  entries_ = keys;
  entriesInFiles_ = keys > inMemory ? keys - inMemory : 0;
  bytesInMemory_ = property(db, P::kCurSizeAllMemTables);
  bytes_ = property(db, P::kLiveSstFilesSize) + bytesInMemory_;
}

void Estimates::refresh(rocksdb::DB& db) {
  std::vector<rocksdb::LiveFileMetaData> files;
  db.GetLiveFilesMetaData(&files);
  std::vector<TableSpan> spans;
  spans.reserve(files.size());
  for (auto& file : files) spans.push_back({file.smallestkey, file.largestkey, file.size});
  {
    const std::lock_guard lock(mutex_);
    spans_ = TableSpans(std::move(spans));
  }
  refreshCounts(db);
}

std::uint64_t Estimates::entriesInFiles(BytesView from, BytesView to) const {
  const std::lock_guard lock(mutex_);
  const double entries = static_cast<double>(entriesInFiles_);
  return static_cast<std::uint64_t>(std::llround(spans_.shareOf(from, to) * entries));
}

RocksListener::RocksListener(std::shared_ptr<Failure> failure) : failure_(std::move(failure)) {}

void RocksListener::OnBackgroundError(rocksdb::BackgroundErrorReason, rocksdb::Status* status) {
  failure_->raise(errorOf(*status));
}

// After a full disk RocksDB would begin by itself, some time; the shard says when, and opens it
// anew.
void RocksListener::OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason, rocksdb::Status,
                                         bool* mends) {
  *mends = false;
}

void RocksListener::OnFlushCompleted(rocksdb::DB* db, const rocksdb::FlushJobInfo&) {
  estimates.refresh(*db);
}

void RocksListener::OnCompactionCompleted(rocksdb::DB* db, const rocksdb::CompactionJobInfo&) {
  estimates.refresh(*db);
}

}  // namespace henge::engine
