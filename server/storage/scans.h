// Pages of records in order, from tables and store at once.
#pragma once

#include <deque>
#include <map>
#include <vector>

#include "server/ports/storage.h"
#include "server/ports/store.h"
#include "server/storage/pins.h"
#include "server/storage/storage_options.h"
#include "server/storage/store_era.h"
#include "server/storage/tables.h"

namespace henge::storage {

// One scan of a page: from its first question to the store until onScanned(). It holds a pin, so
// that no table is dropped of which the store's answer may know nothing. Thread: the loop's.
class Scans final : private ports::StoreSink {
 public:
  Scans(const StorageOptions& options, Tables& tables, Pins& pins, ports::Store& store)
      : options_(options), tables_(tables), pins_(pins), store_(store) {}

  void start(OpId op, ports::ScanSink& sink, Bytes from, Bytes to, std::size_t recordsMax,
             std::size_t bytesMax);
  // As of Lookups: scans then end with `rebuilding`.
  void close() { era_.close(); }
  void open() { era_.open(); }

 private:
  struct Scan {
    OpId op;
    ports::ScanSink* sink = nullptr;
    std::uint64_t pin = 0;
    Bytes from;       // ordered key from which the page goes on
    Bytes storeFrom;  // and the store is asked
    Bytes to;         // empty: no end
    std::size_t recordsMax = 0;
    std::size_t bytesMax = 0;
    std::deque<ports::StoreEntry> stored;  // brought by the store, not yet merged
    bool storeEnded = false;
    std::vector<Record> page;
    std::size_t bytes = 0;
    std::uint64_t era = 0;
  };

  void onStore(OpId op, ports::StoreResult result) override;
  void askStore(OpId id, Scan& scan);
  void advance(OpId id);
  Status addNext(Scan& scan, const Record* inTables, const Bytes& orderedInTables);
  void finish(OpId id, Result<bool> more);

  const StorageOptions& options_;
  Tables& tables_;
  Pins& pins_;
  ports::Store& store_;
  StoreEra era_;
  std::uint64_t lastId_ = 0;
  std::map<OpId, Scan> scans_;  // by our own number
};

}  // namespace henge::storage
