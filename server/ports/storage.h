// What a replica needs of its shard's storage: log, tables and store behind one door.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/ids.h"
#include "core/log_view.h"
#include "core/record.h"
#include "core/result.h"

namespace henge::ports {

struct AppendOutcome {
  bool applied = false;  // inserted as the newest, or an equal record was held
  Version held;          // else: what is newer
};

class StorageSink {
 public:
  // The version held for the key, or nullopt. Only after look() answered `later`.
  virtual void onLooked(OpId op, Result<std::optional<Record>> held) = 0;
  // The record is on disk (under --log_sync always) and has met the tables.
  virtual void onAppended(OpId op, AppendOutcome outcome) = 0;

 protected:
  ~StorageSink() = default;
};

class StorageFaults {
 public:
  // What the store holds cannot be trusted any more, and the log has not all of it: this node may
  // have lost what it acknowledged. Once.
  virtual void onStoreDamaged(const std::string& reason) = 0;

 protected:
  ~StorageFaults() = default;
};

class ScanSink {
 public:
  // `more`: there are records behind the last one.
  virtual void onScanned(OpId op, Result<std::vector<Record>> page, bool more) = 0;

 protected:
  ~ScanSink() = default;
};

struct Look {
  bool later = false;          // the answer arrives as onLooked
  std::optional<Record> held;  // else: what is held
};

struct StorageStatus {
  LogPosition applied;  // of the store, persisted
  LogPosition synced;   // of the log
  LogPosition end;      // of the log
  std::uint64_t segments = 0;
  std::uint64_t logBytes = 0;
  std::uint64_t frozenTables = 0;
  std::uint64_t tableRecords = 0;
  std::uint64_t tableBytes = 0;
  std::uint64_t storeEntries = 0;  // the engine's estimate
  std::uint64_t storeBytes = 0;
  std::uint64_t syncs = 0;
  std::uint64_t records = 0;    // appended since start
  std::uint64_t replayed = 0;   // records brought back at start
  std::uint64_t tornBytes = 0;  // cut off at start
  std::int64_t replayMicros = 0;
  std::uint64_t freeBytes = 0;        // on the disk, as last seen; 0 also before that
  std::uint64_t freeBytesNeeded = 0;  // for a put to be accepted now
  std::string refusal;                // why puts are refused for want of space; empty: they are not
};

// The way of a write (docs/mechanisms/write_path.md): admit, lookForWrite, append – each once, in
// that order, under one operation id – then onAppended. An operation that ends early calls
// abandon(). From lookForWrite until onAppended or abandon the operation holds a pin: no table that
// could hide what it compared with is dropped. Thread: the loop's.
class Storage {
 public:
  virtual ~Storage() = default;

  // Reserves `bytes` of log and table. overloaded, diskFull, rebuilding: nothing was written. A
  // tombstone is taken with less space left than a value (docs/mechanisms/full_disk.md).
  virtual Status admit(OpId op, RecordKind kind, std::uint64_t bytes) = 0;
  // What `record` must be compared with. `held` = nullopt also when something older than any
  // possible loser is all there is: the store is not asked for what lies above the fence.
  virtual Look lookForWrite(OpId op, const Record& record) = 0;
  virtual void append(OpId op, Record record) = 0;
  virtual void abandon(OpId op) = 0;

  virtual Look lookForRead(OpId op, BytesView key) = 0;

  // This shard's records with from ≤ orderedKey(key) < to, ascending by it (core/ring.h), the
  // newest version of each, tombstones too. Empty `to`: no end. `op` is the scanner's own; the
  // answer may arrive inside the call.
  virtual void scan(OpId op, ScanSink& sink, Bytes from, Bytes to, std::size_t recordsMax,
                    std::size_t bytesMax) = 0;

  // About how many records lie there; an estimate for operators, counted exactly when few.
  virtual std::uint64_t approximateRecords(const Bytes& from, const Bytes& to) const = 0;

  virtual StorageStatus status() const = 0;
  virtual LogView log()
      const = 0;  // without the node; for operators, as large as the log has files

  // An operator takes what the log's damage has lost for lost.
  virtual void acceptDamage() = 0;
};

}  // namespace henge::ports
