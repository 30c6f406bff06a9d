// A store in front of another one: tells what comes by, and holds a flush's answer back.
#pragma once

#include <utility>
#include <vector>

#include "server/ports/store.h"

namespace henge::storage {

// Held is the answer alone: what the flush was asked to persist is persisted meanwhile. The store
// behind it outlives it. Thread: the test's.
class WatchedStore final : public ports::Store, private ports::StoreSink {
 public:
  explicit WatchedStore(ports::Store& inner) : inner_(inner) {}

  std::vector<ports::StoreBatch> batches;  // on their way into the store, so far
  int flushes = 0;                         // asked for so far
  bool holdFlushes = false;                // the next one's answer waits for letGo()

  // Precondition: the store behind has answered.
  void letGo() {
    holdFlushes = false;
    waiting_->onStore(waitingOp_, std::move(answer_));
  }

  std::optional<std::optional<Bytes>> getCached(BytesView key) override {
    return inner_.getCached(key);
  }
  void get(OpId op, ports::StoreSink& sink, Bytes key) override { inner_.get(op, sink, key); }
  void getPersisted(OpId op, ports::StoreSink& sink, Bytes key) override {
    inner_.getPersisted(op, sink, key);
  }
  void write(OpId op, ports::StoreSink& sink, ports::StoreBatch batch) override {
    batches.push_back(batch);
    inner_.write(op, sink, std::move(batch));
  }
  void flush(OpId op, ports::StoreSink& sink) override {
    ++flushes;
    if (!holdFlushes) return inner_.flush(op, sink);
    waitingOp_ = op;
    waiting_ = &sink;
    inner_.flush(op, *this);
  }
  void scan(OpId op, ports::StoreSink& sink, Bytes from, Bytes to, std::size_t entriesMax,
            std::size_t bytesMax) override {
    inner_.scan(op, sink, from, to, entriesMax, bytesMax);
  }
  void reopen(OpId op, ports::StoreSink& sink) override { inner_.reopen(op, sink); }
  void watch(ports::StoreWatch* watch) override { inner_.watch(watch); }
  std::uint64_t unflushedBytes() const override { return inner_.unflushedBytes(); }
  std::uint64_t approximateEntries() const override { return inner_.approximateEntries(); }
  std::uint64_t approximateEntries(BytesView from, BytesView to) const override {
    return inner_.approximateEntries(from, to);
  }
  std::uint64_t approximateBytes() const override { return inner_.approximateBytes(); }

 private:
  void onStore(OpId, ports::StoreResult result) override { answer_ = std::move(result); }

  ports::Store& inner_;
  OpId waitingOp_;
  ports::StoreSink* waiting_ = nullptr;
  ports::StoreResult answer_;
};

}  // namespace henge::storage
