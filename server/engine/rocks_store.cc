#include "server/engine/rocks_store.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cmath>
#include <rocksdb/db.h>
#include <rocksdb/env.h>
#include <rocksdb/options.h>
#include <rocksdb/write_batch.h>
#include <shared_mutex>
#include <utility>

#include "server/engine/failure.h"
#include "server/engine/guarded_files.h"
#include "server/engine/outbox.h"
#include "server/engine/read_guard.h"
#include "server/engine/rocks_listener.h"
#include "server/engine/rocks_options.h"
#include "server/engine/work_queue.h"

namespace henge::engine {

namespace {

using ports::StoreEntry;
using ports::StoreResult;

rocksdb::Slice slice(BytesView bytes) { return {bytes.data(), bytes.size()}; }

rocksdb::ReadOptions reading(rocksdb::ReadTier tier) {
  rocksdb::ReadOptions options;
  options.read_tier = tier;
  return options;
}

// A file that the others speak of and that is not there is damage too.
Error openingErrorOf(const rocksdb::Status& status) {
  Error error = errorOf(status);
  if (status.IsPathNotFound() || status.IsNotFound()) error.kind = ErrorKind::corrupt;
  return error;
}

}  // namespace

class RocksStore::Engine {
 public:
  Engine(EngineOptions options, Post post)
      : outbox(std::make_shared<Outbox>(post)),
        failure(std::make_shared<Failure>(std::move(post))),
        listener(std::make_shared<RocksListener>(failure)),
        options_(std::move(options)),
        writer_(std::make_unique<WorkQueue>(1)),
        readers_(std::make_unique<WorkQueue>(options_.readers)) {}

  // Nobody is told, then nobody works, then RocksDB ends its own threads.
  ~Engine() {
    outbox->close();
    failure->watch(nullptr);
    writer_.reset();
    readers_.reset();
    if (db_) (void)db_->Close();
  }

  // At most one thread may be here.
  Status open() {
    if (auto status = makeStoreDirectory(options_.directory); !status) return status;
    auto rocks = rocksOptions(options_);
    const auto files = options_.fileSystem ? options_.fileSystem : rocksdb::FileSystem::Default();
    if (!env_)
      env_ = rocksdb::NewCompositeEnv(guardedFiles(std::make_shared<ReadGuard>(files, failure)));
    rocks.env = env_.get();
    rocks.listeners.push_back(listener);
    rocksdb::DB* db = nullptr;
    const auto status = rocksdb::DB::Open(rocks, options_.directory, &db);
    if (!status.ok()) return openingErrorOf(status);
    db_.reset(db);
    listener->estimates.refresh(*db_);
    return {};
  }

  // No read is under way, and the only writer is here.
  StoreResult reopen() {
    const std::unique_lock lock(reopening_);
    if (db_) (void)db_->Close();
    db_.reset();
    failure->clear();
    StoreResult result{open(), {}, {}};
    closing_ = false;
    return result;
  }

  template <typename DoIt>
  void onWriter(OpId op, ports::StoreSink& sink, DoIt doIt) {
    writer_->add([this, op, &sink, doIt = std::move(doIt)] {
      outbox->add(op, sink, failure->raised() || !db_ ? refused() : doIt(*this));
    });
  }
  void reopenOnWriter(OpId op, ports::StoreSink& sink) {
    closing_ = true;  // so that reads which keep coming don't keep it waiting
    writer_->add([this, op, &sink] { outbox->add(op, sink, reopen()); });
  }
  template <typename DoIt>
  void onReader(OpId op, ports::StoreSink& sink, DoIt doIt) {
    if (readers_->queued() >= readsQueuedMax) {
      outbox->add(op, sink, {Error{ErrorKind::overloaded, "too many reads of the store"}, {}, {}});
      return;
    }
    readers_->add([this, op, &sink, doIt = std::move(doIt)] {
      if (closing_) return outbox->add(op, sink, refused());
      const std::shared_lock lock(reopening_);
      outbox->add(op, sink, isReadable() ? doIt(*this) : refused());
    });
  }

  StoreResult get(BytesView key, rocksdb::ReadTier tier) {
    rocksdb::PinnableSlice value;
    const auto status = db_->Get(reading(tier), db_->DefaultColumnFamily(), slice(key), &value);
    if (status.IsNotFound()) return {};
    if (!status.ok()) return failed(status);
    return {{}, value.ToString(), {}};
  }

  std::optional<std::optional<Bytes>> getCached(BytesView key) {
    const std::shared_lock lock(reopening_, std::try_to_lock);
    if (!lock || !isReadable()) return std::nullopt;  // get() will say why
    rocksdb::PinnableSlice value;
    const auto status =
        db_->Get(reading(rocksdb::kBlockCacheTier), db_->DefaultColumnFamily(), slice(key), &value);
    if (status.ok()) return value.ToString();
    if (status.IsNotFound()) return std::optional<Bytes>();
    if (!status.IsIncomplete()) (void)failed(status);
    return std::nullopt;
  }

  StoreResult write(const ports::StoreBatch& batch) {
    rocksdb::WriteBatch rocks;
    for (const StoreEntry& entry : batch) {
      const auto status = entry.value ? rocks.Put(slice(entry.key), slice(*entry.value))
                                      : rocks.Delete(slice(entry.key));
      if (!status.ok()) return failed(status);
    }
    rocksdb::WriteOptions options;
    options.disableWAL = true;
    const auto status = db_->Write(options, &rocks);
    if (!status.ok()) return failed(status);
    listener->estimates.refreshCounts(*db_);
    return {};
  }

  StoreResult flush() {
    rocksdb::FlushOptions options;
    options.allow_write_stall = true;  // the only writer waits for it anyway
    const auto status = db_->Flush(options);
    return status.ok() ? StoreResult() : failed(status);
  }

  StoreResult scan(BytesView from, BytesView to, std::size_t entriesMax, std::size_t bytesMax) {
    auto options = reading(rocksdb::kReadAllTier);
    options.fill_cache = false;  // a scan of everything would push out what is asked for
    StoreResult result;
    std::size_t bytes = 0;
    const auto status = walk(options, from, to, [&](rocksdb::Iterator& at) {
      if (result.entries.size() >= entriesMax || bytes >= bytesMax) return false;
      result.entries.push_back({at.key().ToString(), at.value().ToString()});
      bytes += at.key().size() + at.value().size();
      return true;
    });
    return status.ok() ? std::move(result) : failed(status);
  }

  std::uint64_t estimate(BytesView from, BytesView to) {
    const std::shared_lock lock(reopening_, std::try_to_lock);
    if (!lock || !isReadable()) return listener->estimates.entriesInFiles(from, to);
    std::uint64_t counted = 0;
    const auto status = walk(reading(rocksdb::kBlockCacheTier), from, to,
                             [&](rocksdb::Iterator&) { return ++counted <= countedMax; });
    if (status.ok() && counted <= countedMax) return counted;
    const auto end = to.empty() ? Bytes(64, '\xff') : Bytes(to);
    std::uint64_t inMemory = 0;
    std::uint64_t bytes = 0;
    db_->GetApproximateMemTableStats({slice(from), slice(end)}, &inMemory, &bytes);
    return std::max(counted, inMemory + listener->estimates.entriesInFiles(from, to));
  }

  const std::shared_ptr<Outbox> outbox;
  const std::shared_ptr<Failure> failure;
  const std::shared_ptr<RocksListener> listener;

 private:
  bool isReadable() const { return !closing_ && db_ && (!failure->raised() || failure->isFull()); }
  StoreResult refused() const {
    if (const std::optional<Error> error = failure->error(); error && !closing_)
      return {*error, {}, {}};
    return {Error{ErrorKind::rebuilding, "the store is being opened anew"}, {}, {}};
  }

  StoreResult failed(const rocksdb::Status& status) {
    failure->raise(errorOf(status));
    return {errorOf(status), {}, {}};
  }

  template <typename Visit>
  rocksdb::Status walk(rocksdb::ReadOptions options, BytesView from, BytesView to, Visit visit) {
    const rocksdb::Slice end = slice(to);
    if (!to.empty()) options.iterate_upper_bound = &end;
    const std::unique_ptr<rocksdb::Iterator> at(db_->NewIterator(options));
    for (at->Seek(slice(from)); at->Valid(); at->Next()) {
      if (!visit(*at)) return {};
    }
    return at->status();
  }

  const EngineOptions options_;
  std::unique_ptr<rocksdb::Env> env_;  // of the guarded files; outlives db_
  std::shared_mutex reopening_;        // exclusive: reopen(); the loop never waits for it
  std::atomic<bool> closing_ = false;  // a reopen() is on its way
  std::unique_ptr<rocksdb::DB> db_;    // null: closed. Changed under reopening_, by the writer
  std::unique_ptr<WorkQueue> writer_;
  std::unique_ptr<WorkQueue> readers_;
};

Result<std::unique_ptr<RocksStore>> RocksStore::open(EngineOptions options, Post post) {
  auto engine = std::make_unique<Engine>(std::move(options), std::move(post));
  if (auto status = engine->open(); !status) return status.error();
  return std::unique_ptr<RocksStore>(new RocksStore(std::move(engine)));
}

RocksStore::RocksStore(std::unique_ptr<Engine> engine) : engine_(std::move(engine)) {}
RocksStore::~RocksStore() = default;

std::optional<std::optional<Bytes>> RocksStore::getCached(BytesView key) {
  return engine_->getCached(key);
}

void RocksStore::get(OpId op, ports::StoreSink& sink, Bytes key) {
  engine_->onReader(op, sink, [key = std::move(key)](Engine& engine) {
    return engine.get(key, rocksdb::kReadAllTier);
  });
}

void RocksStore::getPersisted(OpId op, ports::StoreSink& sink, Bytes key) {
  engine_->onReader(op, sink, [key = std::move(key)](Engine& engine) {
    return engine.get(key, rocksdb::kPersistedTier);
  });
}

void RocksStore::write(OpId op, ports::StoreSink& sink, ports::StoreBatch batch) {
  engine_->onWriter(op, sink,
                    [batch = std::move(batch)](Engine& engine) { return engine.write(batch); });
}

void RocksStore::flush(OpId op, ports::StoreSink& sink) {
  engine_->onWriter(op, sink, [](Engine& engine) { return engine.flush(); });
}

void RocksStore::scan(OpId op, ports::StoreSink& sink, Bytes from, Bytes to, std::size_t entriesMax,
                      std::size_t bytesMax) {
  engine_->onReader(
      op, sink, [from = std::move(from), to = std::move(to), entriesMax, bytesMax](Engine& engine) {
        return engine.scan(from, to, entriesMax, bytesMax);
      });
}

void RocksStore::reopen(OpId op, ports::StoreSink& sink) { engine_->reopenOnWriter(op, sink); }

void RocksStore::watch(ports::StoreWatch* watch) { engine_->failure->watch(watch); }

std::uint64_t RocksStore::unflushedBytes() const {
  return engine_->listener->estimates.bytesInMemory();
}

std::uint64_t RocksStore::approximateEntries() const {
  return engine_->listener->estimates.entries();
}

std::uint64_t RocksStore::approximateEntries(BytesView from, BytesView to) const {
  return engine_->estimate(from, to);
}

std::uint64_t RocksStore::approximateBytes() const { return engine_->listener->estimates.bytes(); }

}  // namespace henge::engine
