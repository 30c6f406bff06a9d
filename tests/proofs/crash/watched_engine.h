// The store's engine as the shard sees it, with its calls counted, and wrong where a bug is
// planted.
#pragma once

#include <map>
#include <memory>
#include <utility>

#include "server/ports/store.h"

namespace henge::proofs {

// Which promise of the Store port, or of the feeder in front of it, is broken.
enum class StoreBug {
  none,
  positionFirst,      // the applied position is there, and flushed, before a table's last rows
  positionUnflushed,  // "what would survive a crash" is answered with what would not
  flushUndone,        // a flush is answered and not done
  positionForgotten   // the applied position is not known at a start
};

// Passes every call on; says how many have not ended. The engine outlives it. Thread: the loop's.
class WatchedEngine final : public ports::Store, private ports::StoreSink {
 public:
  WatchedEngine(ports::Store& engine, StoreBug bug) : engine_(engine), bug_(bug) {}

  std::size_t underWay() const { return calls_.size(); }
  std::uint64_t flushes() const { return flushes_; }

  std::optional<std::optional<Bytes>> getCached(BytesView key) override;
  void get(OpId op, ports::StoreSink& sink, Bytes key) override;
  void getPersisted(OpId op, ports::StoreSink& sink, Bytes key) override;
  void write(OpId op, ports::StoreSink& sink, ports::StoreBatch batch) override;
  void flush(OpId op, ports::StoreSink& sink) override;
  void scan(OpId op, ports::StoreSink& sink, Bytes from, Bytes to, std::size_t entriesMax,
            std::size_t bytesMax) override;
  void reopen(OpId op, ports::StoreSink& sink) override;
  void watch(ports::StoreWatch* watch) override { engine_.watch(watch); }
  std::uint64_t unflushedBytes() const override { return engine_.unflushedBytes(); }
  std::uint64_t approximateEntries() const override { return engine_.approximateEntries(); }
  std::uint64_t approximateEntries(BytesView from, BytesView to) const override {
    return engine_.approximateEntries(from, to);
  }
  std::uint64_t approximateBytes() const override { return engine_.approximateBytes(); }

 private:
  struct Call {
    OpId op;
    ports::StoreSink* sink;
  };
  struct Nobody final : ports::StoreSink {
    void onStore(OpId, ports::StoreResult) override {}
  };
  OpId begin(OpId op, ports::StoreSink& sink);
  void onStore(OpId op, ports::StoreResult result) override;

  ports::Store& engine_;
  StoreBug bug_;
  std::map<OpId, Call> calls_;
  std::uint64_t lastOp_ = 0;
  std::uint64_t flushes_ = 0;
  Nobody nobody_;
};

}  // namespace henge::proofs
