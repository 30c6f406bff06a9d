// The engine's twin for tests and the simulator: a map with a volatile and a persisted part.
#pragma once

#include <deque>
#include <map>

#include "core/time.h"
#include "server/ports/clock.h"
#include "server/ports/store.h"
#include "server/ports/timers.h"

namespace henge::storage {

struct MemoryStoreOptions {
  Duration latency;                       // 0: results come at the end of the round
  bool answersCached = true;              // false: getCached() never knows, every get() waits
  std::size_t unflushedBatchesMax = 256;  // more: the oldest become persisted by themselves
};

// A batch is visible when write() returns and persisted after a flush, or when newer ones push it
// out. Reads answer what was visible at the call. Thread: the loop's.
class MemoryStore final : public ports::Store, private ports::TimerSink {
 public:
  using Map = std::map<Bytes, Bytes, std::less<>>;

  MemoryStore(ports::Timers& timers, const ports::Clock& clock, MemoryStoreOptions options = {});

  std::optional<std::optional<Bytes>> getCached(BytesView key) override;
  void get(OpId op, ports::StoreSink& sink, Bytes key) override;
  void getPersisted(OpId op, ports::StoreSink& sink, Bytes key) override;
  void write(OpId op, ports::StoreSink& sink, ports::StoreBatch batch) override;
  void flush(OpId op, ports::StoreSink& sink) override;
  void scan(OpId op, ports::StoreSink& sink, Bytes from, Bytes to, std::size_t entriesMax,
            std::size_t bytesMax) override;
  void reopen(OpId op, ports::StoreSink& sink) override;
  void watch(ports::StoreWatch*) override {}  // it never fails by itself
  std::uint64_t unflushedBytes() const override { return unflushedBytes_; }
  std::uint64_t approximateEntries() const override { return visible_.size(); }
  std::uint64_t approximateEntries(BytesView from, BytesView to) const override;  // exact
  std::uint64_t approximateBytes() const override { return bytes_; }

  // Batches that a crash may lose.
  std::size_t unflushedBatches() const { return unflushed_.size(); }
  // The process died: keeps the first `kept` of them, loses the rest and every answer on its way.
  // Precondition: kept ≤ unflushedBatches().
  void crash(std::size_t kept);

  // For whoever looks on: what reads see, and what a crash now would leave.
  const Map& visible() const { return visible_; }
  const Map& persisted() const { return persisted_; }
  // Another disk's contents take the place of all it holds. Nothing may be under way.
  void replaceAll(Map contents);

 private:
  struct Answer {
    OpId op;
    ports::StoreSink* sink = nullptr;
    ports::StoreResult result{};
    std::uint64_t flushesTo = 0;  // flush: the number of the last batch it persists; else 0
  };

  void onTimer(std::uint64_t token) override;
  void answerLater(Answer answer);
  void apply(const ports::StoreBatch& batch);
  void persistTo(std::uint64_t batch);
  void loseUnflushed(std::size_t kept);  // all but the first `kept` batches
  static void applyTo(Map& map, const ports::StoreBatch& batch);

  ports::Timers& timers_;
  const ports::Clock& clock_;
  MemoryStoreOptions options_;
  Map visible_;
  Map persisted_;
  std::uint64_t bytes_ = 0;  // of visible_, keys and values
  std::deque<ports::StoreBatch> unflushed_;
  std::uint64_t unflushedBytes_ = 0;
  std::uint64_t persistedBatches_ = 0;       // numbers of unflushed_ begin after it
  std::map<std::uint64_t, Answer> answers_;  // by token, ascending
  std::uint64_t nextToken_ = 1;
};

}  // namespace henge::storage
