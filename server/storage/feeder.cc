#include "server/storage/feeder.h"

#include <cassert>

#include "core/rehearsal.h"
#include "server/storage/record_codec.h"
#include "server/storage/store_keys.h"

namespace henge::storage {

Feeder::Feeder(const StorageOptions& options, Tables& tables, Fence& fence, const Pins& pins,
               ports::Store& store, FeedSink& sink)
    : options_(options), tables_(tables), fence_(fence), pins_(pins), store_(store), sink_(sink) {}

void Feeder::feed() {
  if (table_ != nullptr || paused_) return;
  table_ = tables_.oldestUnfed();
  if (table_ == nullptr) return;
  next_ = table_->table.rows().begin();
  nextHint_ = table_->table.hintRows().begin();
  raised_ = fence_;
  writeNext();
}

void Feeder::pause() {
  paused_ = true;
  table_ = nullptr;
  awaited_ = {};
}

void Feeder::resume() {
  paused_ = false;
  feed();
}

void Feeder::writeNext() {
  ports::StoreBatch batch;
  const std::uint64_t bytes = addRows(batch);
  const bool rowsDone = next_ == table_->table.rows().end();
  if (rowsDone) addHintRows(batch, bytes);
  last_ = rowsDone && nextHint_ == table_->table.hintRows().end();
  if (last_) {
    std::uint32_t shard = options_.owner.shard;
    batch.push_back({fenceKey(shard), encode(raised_)});
    batch.push_back({appliedKey(shard), encodeApplied(table_->end)});
  }
  awaited_ = OpId{++lastOp_};
  store_.write(awaited_, *this, std::move(batch));
}

// At least one row, however large it is. Returns the bytes of those in the batch.
std::uint64_t Feeder::addRows(ports::StoreBatch& batch) {
  std::uint64_t bytes = 0;
  while (next_ != table_->table.rows().end()) {
    const auto& [ordered, record] = *next_;
    bytes += ordered.size() + record.bytes();
    if (isFull(batch, bytes)) return bytes;
    batch.push_back({dataKey(ordered), encodeRow(record)});
    raised_.raise(record.key, record.version);
    ++next_;
  }
  return bytes;
}

void Feeder::addHintRows(ports::StoreBatch& batch, std::uint64_t bytes) {
  for (const auto end = table_->table.hintRows().end(); nextHint_ != end; ++nextHint_) {
    const auto& [key, value] = *nextHint_;
    bytes += key.size() + (value ? value->size() : 0);
    if (isFull(batch, bytes)) return;
    batch.push_back({key, value});
  }
}

bool Feeder::isFull(const ports::StoreBatch& batch, std::uint64_t bytes) const {
  const bool full =
      !batch.empty() && (bytes > options_.feedBatchBytesMax || maybe("feed: one row a batch"));
  if (full) probe("feed: a table in several batches");
  return full;
}

void Feeder::onStore(OpId op, ports::StoreResult result) {
  if (op != awaited_) return;
  assert(table_ != nullptr);
  if (!result.status) {
    pause();
    return sink_.onFeedFailed({result.status.error().kind,
                               "a write into the store failed: " + result.status.error().message});
  }
  last_ ? onWhole() : writeNext();
}

void Feeder::onWhole() {
  LogPosition applied = table_->end;
  fence_ = raised_;
  if (pins_.heldUpTo(pins_.last())) probe("feed: a fed table is pinned");
  tables_.markFed(*table_, pins_);
  table_ = nullptr;
  sink_.onFed(applied);
  feed();
}

}  // namespace henge::storage
