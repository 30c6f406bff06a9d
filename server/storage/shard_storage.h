// One shard's storage: recovery log, tables and store behind the port Storage
// (docs/mechanisms/write_path.md, docs/mechanisms/recovery_log.md).
#pragma once

#include <map>
#include <memory>

#include "server/ports/clock.h"
#include "server/ports/disk.h"
#include "server/ports/events.h"
#include "server/ports/fatal.h"
#include "server/ports/storage.h"
#include "server/ports/store.h"
#include "server/ports/timers.h"
#include "server/storage/open_report.h"
#include "server/storage/storage_options.h"

namespace henge::storage {

// The two disks are two lanes to one data directory: only batches are written and synced through
// commitDisk, everything else (making, listing, reading, renaming, removing) goes through sideDisk,
// so that a commit never waits for the making of the next segment.
struct StorageEnvironment {
  ports::Disk& commitDisk;
  ports::Disk& sideDisk;
  ports::Store& store;
  const ports::Clock& clock;
  ports::Timers& timers;
  ports::Fatal& fatal;
  ports::Events& events;
};

// Life: open() once, and nothing else before onOpened() with an ok status; then the port's verbs;
// drain() once, at a clean stop. It may be destroyed at any time at which none of its ports will
// bring it another event. After Fatal it answers nothing any more.
// Thread: the loop's.
class ShardStorage final : public ports::Storage {
 public:
  ShardStorage(StorageOptions options, ports::StorageSink& sink, StorageEnvironment environment);
  ~ShardStorage() override;
  ShardStorage(const ShardStorage&) = delete;
  ShardStorage& operator=(const ShardStorage&) = delete;

  void open(OpenSink& sink);

  // Admits nothing from now on; commits and answers what waits, feeds every table and flushes, so
  // that the store holds everything and the next start has nothing to replay.
  void drain(DrainSink& sink);

  Status admit(OpId op, std::uint64_t bytes) override;
  ports::Look lookForWrite(OpId op, const Record& record) override;
  void append(OpId op, Record record) override;
  void abandon(OpId op) override;
  ports::Look lookForRead(OpId op, BytesView key) override;
  void scan(OpId op, ports::ScanSink& sink, Bytes from, Bytes to, std::size_t recordsMax,
            std::size_t bytesMax) override;
  std::uint64_t approximateRecords(const Bytes& from, const Bytes& to) const override;
  ports::StorageStatus status() const override;

 private:
  class Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace henge::storage
