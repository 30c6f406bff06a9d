// Brings one segment's records back into the active table, through the gate that writes pass.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "server/storage/lookups.h"
#include "server/storage/segment_format.h"
#include "server/storage/tables.h"

namespace henge::storage {

class ReinsertionSink {
 public:
  virtual void onReinserted(Status status) = 0;  // may come inside start()

 protected:
  ~ReinsertionSink() = default;
};

// Life: from start() until onReinserted(), again for each segment. What is said of hints passes no
// gate: it is inserted in its order. A record that is above the fence
// and newer than the tables' is inserted at once; others wait for what the store holds. Done twice
// it changes nothing the second time. Thread: the loop's.
class Reinsertion final : private LookupSink {
 public:
  static constexpr std::size_t lookupsMax = 128;  // on their way to the store at once

  Reinsertion(const StorageOptions& options, Tables& tables, Lookups& lookups,
              ReinsertionSink& sink)
      : options_(options), tables_(tables), lookups_(lookups), sink_(sink) {}

  // `batches` point into `bytes`, whose memory moves along with it: more than a short string's.
  void start(Bytes bytes, std::vector<Batch> batches);

  // The first batch of this segment that is whole by its checksum and yet cannot be decoded; it was
  // passed over, the others were brought back.
  struct Unreadable {
    std::uint64_t offset = 0;
    std::string reason;
  };
  const std::optional<Unreadable>& unreadable() const { return unreadable_; }

  std::uint64_t records() const { return records_; }  // so far, of all segments
  std::uint64_t skipped() const { return skipped_; }
  bool hasStoreFailed() const { return storeFailed_; }  // if it ended with an error

 private:
  void go();
  Status decodeNext();
  void look(Record record);
  void settle(Record record, const std::optional<Record>& held);
  void onFound(OpId op, LookFor purpose, Result<std::optional<Record>> held) override;
  void finish(const Status& status);

  const StorageOptions& options_;
  Tables& tables_;
  Lookups& lookups_;
  ReinsertionSink& sink_;
  bool running_ = false;
  bool storeFailed_ = false;
  Bytes bytes_;
  std::deque<Batch> batches_;
  std::deque<Record> decoded_;  // of the batch at hand
  std::map<OpId, Record> looking_;
  std::optional<Unreadable> unreadable_;
  std::uint64_t lastLook_ = 0;
  std::uint64_t records_ = 0;
  std::uint64_t skipped_ = 0;
};

}  // namespace henge::storage
