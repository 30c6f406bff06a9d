#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <rocksdb/db.h>
#include <rocksdb/listener.h>

#include "core/error.h"
#include "server/engine/failure.h"
#include "server/engine/table_spans.h"

namespace henge::engine {

Error errorOf(const rocksdb::Status& status);

// What the store roughly holds, kept ready for the loop. RocksDB's own answers take its mutex.
// Thread: any.
class Estimates {
 public:
  void refreshCounts(rocksdb::DB& db);  // after a write
  void refresh(rocksdb::DB& db);        // after a change of files

  std::uint64_t entries() const { return entries_; }
  std::uint64_t bytes() const { return bytes_; }
  std::uint64_t bytesInMemory() const { return bytesInMemory_; }
  // Of the entries in files, those with from ≤ key < to.
  std::uint64_t entriesInFiles(BytesView from, BytesView to) const;

 private:
  std::atomic<std::uint64_t> entries_ = 0;
  std::atomic<std::uint64_t> entriesInFiles_ = 0;
  std::atomic<std::uint64_t> bytes_ = 0;
  std::atomic<std::uint64_t> bytesInMemory_ = 0;
  mutable std::mutex mutex_;
  TableSpans spans_;  // under mutex_
};

// Called on RocksDB's threads.
class RocksListener final : public rocksdb::EventListener {
 public:
  explicit RocksListener(std::shared_ptr<Failure> failure);

  void OnBackgroundError(rocksdb::BackgroundErrorReason, rocksdb::Status* status) override;
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason, rocksdb::Status, bool* mends) override;
  void OnFlushCompleted(rocksdb::DB* db, const rocksdb::FlushJobInfo&) override;
  void OnCompactionCompleted(rocksdb::DB* db, const rocksdb::CompactionJobInfo&) override;

  Estimates estimates;

 private:
  std::shared_ptr<Failure> failure_;
};

}  // namespace henge::engine
