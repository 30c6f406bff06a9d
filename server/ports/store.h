// The ordered byte map under a shard: RocksDB in production (server/engine/), the memory engine in
// the simulator (server/storage/memory_store.h). It has no log of its own: what it holds but has
// not persisted is lost in a crash – always a suffix of whole batches – and comes back from ours.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/bytes.h"
#include "core/ids.h"
#include "core/result.h"

namespace henge::ports {

struct StoreEntry {
  Bytes key;
  std::optional<Bytes> value;  // nullopt in a batch: delete
};
using StoreBatch = std::vector<StoreEntry>;  // applied whole or not at all, in order

struct StoreResult {
  Status status;
  std::optional<Bytes> value;       // get, getPersisted
  std::vector<StoreEntry> entries;  // scan
};

class StoreSink {
 public:
  virtual void onStore(OpId op, StoreResult result) = 0;

 protected:
  ~StoreSink() = default;
};

// Told when a store fails while nobody waits for it, too. diskFull: writes and flushes end with
// that error, reads go on, until reopen(). Any other kind: every operation ends with it, and
// nothing that the store holds is to be trusted.
class StoreWatch {
 public:
  virtual void onStoreFailed(const Error& error) = 0;

 protected:
  ~StoreWatch() = default;
};

// Thread: the loop's. Batches are applied in the order of the calls; reads see every batch whose
// event has arrived. The sink outlives the operation.
class Store {
 public:
  virtual ~Store() = default;

  // On the loop, without waiting for a disk. Outer nullopt: not known from memory, use get().
  // Inner: what is held.
  virtual std::optional<std::optional<Bytes>> getCached(BytesView key) = 0;

  virtual void get(OpId op, StoreSink& sink, Bytes key) = 0;
  // Only what would survive a crash now.
  virtual void getPersisted(OpId op, StoreSink& sink, Bytes key) = 0;
  virtual void write(OpId op, StoreSink& sink, StoreBatch batch) = 0;
  // Everything written before is persisted when the event arrives.
  virtual void flush(OpId op, StoreSink& sink) = 0;
  // Up to `entriesMax` entries and about `bytesMax` bytes with from ≤ key < to, ascending; empty
  // `to`: no end.
  virtual void scan(OpId op, StoreSink& sink, Bytes from, Bytes to, std::size_t entriesMax,
                    std::size_t bytesMax) = 0;

  // Closes and opens it again: what was not persisted is gone, as after a crash, the failure too.
  // Meanwhile operations end with `rebuilding`. An error: still closed, to be tried again.
  virtual void reopen(OpId op, StoreSink& sink) = 0;
  // Who is told from now on, of what has failed already as well; null: nobody. Never inside the
  // call.
  virtual void watch(StoreWatch* watch) = 0;

  // Written and not persisted: about as much space as a flush will need.
  virtual std::uint64_t unflushedBytes() const = 0;
  virtual std::uint64_t approximateEntries() const = 0;
  // With from ≤ key < to; empty `to`: no end. An estimate that does not wait for a disk.
  virtual std::uint64_t approximateEntries(BytesView from, BytesView to) const = 0;
  virtual std::uint64_t approximateBytes() const = 0;
};

}  // namespace henge::ports
