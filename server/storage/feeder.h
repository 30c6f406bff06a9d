// Brings frozen tables into the store, the oldest first.
#pragma once

#include <optional>

#include "server/ports/store.h"
#include "server/storage/fence.h"
#include "server/storage/pins.h"
#include "server/storage/storage_options.h"
#include "server/storage/tables.h"

namespace henge::storage {

class FeedSink {
 public:
  virtual void onFed(LogPosition applied) = 0;  // a whole table is in the store
  virtual void onFeedFailed(const Error& error) = 0;

 protected:
  ~FeedSink() = default;
};

// One table at a time, in batches sorted by key; only the last one sets the applied position, to
// the end of the table's segment, and the fences: so the store at applied position P holds the
// newest of all records ≤ P, or a newer one. The fence in memory rises when the table may be
// dropped, not before. Paused, or after a failed write, it stands still until resume(), and then
// begins its table once more: done twice it changes nothing. Thread: the loop's.
class Feeder final : private ports::StoreSink {
 public:
  Feeder(const StorageOptions& options, Tables& tables, Fence& fence, const Pins& pins,
         ports::Store& store, FeedSink& sink);

  void feed();   // begins with the oldest table that waits, if none is on its way
  void pause();  // no write after the one on its way, whose end counts for nothing
  void resume();

 private:
  void onStore(OpId op, ports::StoreResult result) override;
  void writeNext();
  std::uint64_t addRows(ports::StoreBatch& batch);
  void addHintRows(ports::StoreBatch& batch, std::uint64_t bytes);
  bool isFull(const ports::StoreBatch& batch, std::uint64_t bytes) const;
  void onWhole();

  const StorageOptions& options_;
  Tables& tables_;
  Fence& fence_;
  const Pins& pins_;
  ports::Store& store_;
  FeedSink& sink_;

  FrozenTable* table_ = nullptr;  // being fed
  Table::Rows::const_iterator next_;
  Table::HintRows::const_iterator nextHint_;
  Fence raised_;  // by what has been fed of it
  bool last_ = false;
  bool paused_ = false;
  std::uint64_t lastOp_ = 0;
  OpId awaited_;  // the write whose end counts
};

}  // namespace henge::storage
