// The Store port over RocksDB 7.8: one column family, no log of its own.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "core/result.h"
#include "server/ports/store.h"

namespace rocksdb {
class FileSystem;
}

namespace henge::engine {

enum class Compression { none, lz4, zstd };

struct EngineOptions {
  std::string directory;                      // made if missing; the one above it exists
  std::uint64_t cacheBytes = 256ULL << 20;    // blocks, indexes and filters
  std::uint64_t memtableBytes = 32ULL << 20;  // a memtable this large is flushed by itself
  Compression compression = Compression::lz4;
  int readers = 2;         // threads for get, getPersisted and scan
  int backgroundJobs = 2;  // RocksDB's own: flushes and compactions
  int openFilesMax = 512;  // table files kept open
  // What the engine's files are made through; null: the operating system's.
  std::shared_ptr<rocksdb::FileSystem> fileSystem;
};

// Runs a function on the loop; may be called from any thread and never runs it inside the call.
using Post = std::function<void(std::function<void()>)>;

// Thread: the loop's. Writes and flushes are done by one thread in the order of the calls, reads by
// `readers` others in any order; their ends reach the loop through `post`, many at once. Writes in
// flight are bounded by the feeder, reads by readsQueuedMax: beyond it they end with overloaded.
//
// RocksDB's log is off and a stop does not flush: what was not flushed is gone, a suffix of whole
// batches, after a stop as after a crash. (Several column families flushed together could lose one
// of them, facebook/rocksdb#11148; so there is one.)
//
// Every error that was not asked for makes the whole store untrusted, because RocksDB 7.8 can lose
// data behind a failed read in a compaction and the log can bring everything back: from then on
// each operation ends with that error, and the watch is told. Only want of space leaves reads as
// they are: RocksDB drops nothing that it could not write. docs/mechanisms/full_disk.md
//
// Destruction lets the running operations end, drops those queued, and no event arrives after it.
class RocksStore final : public ports::Store {
 public:
  static constexpr std::size_t readsQueuedMax = 65536;

  // Blocks: opens and checks the store. Errors: corrupt, diskFull, io (also: held by another).
  static Result<std::unique_ptr<RocksStore>> open(EngineOptions options, Post post);
  ~RocksStore() override;
  RocksStore(const RocksStore&) = delete;
  RocksStore& operator=(const RocksStore&) = delete;

  std::optional<std::optional<Bytes>> getCached(BytesView key) override;
  void get(OpId op, ports::StoreSink& sink, Bytes key) override;
  void getPersisted(OpId op, ports::StoreSink& sink, Bytes key) override;
  void write(OpId op, ports::StoreSink& sink, ports::StoreBatch batch) override;
  void flush(OpId op, ports::StoreSink& sink) override;
  void scan(OpId op, ports::StoreSink& sink, Bytes from, Bytes to, std::size_t entriesMax,
            std::size_t bytesMax) override;

  // Waits for the reads under way, on the writer's thread.
  void reopen(OpId op, ports::StoreSink& sink) override;
  void watch(ports::StoreWatch* watch) override;

  std::uint64_t unflushedBytes() const override;
  // As of the last write, flush or compaction; RocksDB's estimates. A range is counted exactly
  // while it holds at most countedMax entries and all of them are in memory; else it gets its share
  // of the table files by where their first and last keys lie.
  static constexpr std::size_t countedMax = 1000;
  std::uint64_t approximateEntries() const override;
  std::uint64_t approximateEntries(BytesView from, BytesView to) const override;
  std::uint64_t approximateBytes() const override;

 private:
  class Engine;
  explicit RocksStore(std::unique_ptr<Engine> engine);
  std::unique_ptr<Engine> engine_;
};

}  // namespace henge::engine
