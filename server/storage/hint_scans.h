// Pages of what is said of hints, in order, from tables and store at once.
#pragma once

#include <deque>
#include <map>
#include <set>
#include <vector>

#include "server/ports/hints.h"
#include "server/ports/store.h"
#include "server/storage/pins.h"
#include "server/storage/store_era.h"
#include "server/storage/tables.h"

namespace henge::storage {

// As Scans, but of rows of which the last word counts: what a table says of one goes before what
// the store says. One read holds a pin until it is answered. Thread: the loop's.
class HintScans final : private ports::StoreSink {
 public:
  HintScans(Tables& tables, Pins& pins, ports::Store& store)
      : tables_(tables), pins_(pins), store_(store) {}

  void readHints(OpId op, ports::HintReadSink& sink, HintId above, NodeId last,
                 std::size_t hintsMax, std::size_t bytesMax);
  void readMarks(OpId op, ports::HintReadSink& sink, const RepairMark* above, std::size_t marksMax);

  // Its end is on its way to the log: read no more, not by who reads now either. Then it is there,
  // in the tables.
  void onEnding(HintId id);
  void onEnded(HintId id) { ending_.erase(id); }

  // As of Lookups: reads then end with `rebuilding`.
  void close() { era_.close(); }
  void open() { era_.open(); }

 private:
  struct Scan {
    OpId op;
    ports::HintReadSink* sink = nullptr;
    bool ofMarks = false;
    std::uint64_t pin = 0;
    std::uint64_t era = 0;
    Bytes from;       // store key from which the page goes on
    Bytes storeFrom;  // and the store is asked
    Bytes to;
    std::size_t rowsMax = 0;
    std::size_t bytesMax = 0;
    std::deque<ports::StoreEntry> stored;  // brought by the store, not yet merged
    bool storeEnded = false;
    std::vector<Hint> hints;
    std::vector<RepairMark> marks;
    std::size_t bytes = 0;
    std::size_t rows() const { return ofMarks ? marks.size() : hints.size(); }
  };

  void start(Scan scan);
  void onStore(OpId op, ports::StoreResult result) override;
  void askStore(OpId id, Scan& scan);
  void advance(OpId id);
  Status add(Scan& scan, BytesView key, BytesView value) const;
  void finish(OpId id, Result<bool> more);

  Tables& tables_;
  Pins& pins_;
  ports::Store& store_;
  StoreEra era_;
  std::uint64_t lastId_ = 0;
  std::set<HintId> ending_;     // as many as the log's pending bytes allow
  std::map<OpId, Scan> scans_;  // by our own number
};

}  // namespace henge::storage
