// The newest record of a key: from the tables, else from the store.
#pragma once

#include <map>

#include "server/ports/storage.h"
#include "server/ports/store.h"
#include "server/storage/fence.h"
#include "server/storage/store_era.h"
#include "server/storage/tables.h"

namespace henge::storage {

enum class LookFor : std::uint8_t { read, write };

class LookupSink {
 public:
  virtual void onFound(OpId op, LookFor purpose, Result<std::optional<Record>> held) = 0;

 protected:
  ~LookupSink() = default;
};

// Answers at once what memory knows; what the store must be asked for comes as onFound(), once,
// with what the tables have learned meanwhile. Thread: the loop's.
class Lookups final : private ports::StoreSink {
 public:
  Lookups(const Tables& tables, const Fence& fence, ports::Store& store, Partitioner partitioner)
      : tables_(tables), fence_(fence), store_(store), partitioner_(partitioner) {}

  ports::Look forRead(OpId op, LookupSink& sink, BytesView key);
  // What `record` must beat. Above the fence the store is not asked: whatever it holds is older.
  ports::Look forWrite(OpId op, LookupSink& sink, const Record& record);

  // The store lacks something: what only it can answer ends with `rebuilding`, also what was asked
  // before, until open() – and of that what was asked before open().
  void close() { era_.close(); }
  void open() { era_.open(); }
  bool areClosed() const { return era_.isClosed(); }

  std::uint64_t storeReads() const { return asked_; }  // so far

 private:
  struct Asked {
    OpId op;
    LookFor purpose = LookFor::read;
    LookupSink* sink = nullptr;
    Bytes key;
    std::uint64_t era = 0;
  };

  ports::Look ask(OpId op, LookFor purpose, LookupSink& sink, BytesView key);
  void onStore(OpId op, ports::StoreResult result) override;
  Result<std::optional<Record>> newestOf(const Bytes& key, ports::StoreResult result) const;

  const Tables& tables_;
  const Fence& fence_;
  ports::Store& store_;
  Partitioner partitioner_;
  std::uint64_t asked_ = 0;
  StoreEra era_;
  std::map<OpId, Asked> waiting_;  // by our own number
};

}  // namespace henge::storage
