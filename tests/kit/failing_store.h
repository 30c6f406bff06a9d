// A store in front of another one, that fails when told to.
#pragma once

#include <map>
#include <optional>
#include <utility>

#include "server/ports/store.h"

namespace henge::kit {

// Failures come as late as the inner store's answers do; what failed was not done.
class FailingStore final : public ports::Store, private ports::StoreSink {
 public:
  explicit FailingStore(ports::Store& inner) : inner_(inner) {}

  std::optional<Error> failWrites;
  std::optional<Error> failFlushes;
  std::optional<Error> failGets;
  std::optional<Error> failPersisted;
  std::optional<Error> failReopens;
  bool hideCache = false;   // getCached() never knows
  bool tellsFirst = false;  // of a failed get: the watch, then the caller, as the engine does
  int reopened = 0;         // so often

  // As an engine that finds no space, or damage, while nobody waits for it: writes and flushes fail
  // until it is reopened; of damage, reads too.
  void breakDown(const Error& error) {
    failWrites = failFlushes = error;
    if (error.kind != ErrorKind::diskFull) failGets = error;
    if (watch_ != nullptr) watch_->onStoreFailed(error);
  }

  std::optional<std::optional<Bytes>> getCached(BytesView key) override {
    return hideCache ? std::nullopt : inner_.getCached(key);
  }
  void get(OpId op, ports::StoreSink& sink, Bytes key) override {
    failGets ? fail(op, sink, *failGets, true) : inner_.get(op, sink, std::move(key));
  }
  void getPersisted(OpId op, ports::StoreSink& sink, Bytes key) override {
    failPersisted ? fail(op, sink, *failPersisted) : inner_.getPersisted(op, sink, std::move(key));
  }
  void write(OpId op, ports::StoreSink& sink, ports::StoreBatch batch) override {
    failWrites ? fail(op, sink, *failWrites) : inner_.write(op, sink, std::move(batch));
  }
  void flush(OpId op, ports::StoreSink& sink) override {
    failFlushes ? fail(op, sink, *failFlushes) : inner_.flush(op, sink);
  }
  void scan(OpId op, ports::StoreSink& sink, Bytes from, Bytes to, std::size_t entriesMax,
            std::size_t bytesMax) override {
    if (failGets) return fail(op, sink, *failGets);
    inner_.scan(op, sink, std::move(from), std::move(to), entriesMax, bytesMax);
  }
  void heal() { failWrites.reset(), failFlushes.reset(), failGets.reset(); }

  void reopen(OpId op, ports::StoreSink& sink) override {
    if (failReopens) return fail(op, sink, *failReopens);
    ++reopened;
    heal();
    inner_.reopen(op, sink);
  }
  void watch(ports::StoreWatch* watch) override { watch_ = watch; }
  std::uint64_t unflushedBytes() const override { return inner_.unflushedBytes(); }
  std::uint64_t approximateEntries() const override { return inner_.approximateEntries(); }
  std::uint64_t approximateEntries(BytesView from, BytesView to) const override {
    return inner_.approximateEntries(from, to);
  }
  std::uint64_t approximateBytes() const override { return inner_.approximateBytes(); }

 private:
  void fail(OpId op, ports::StoreSink& sink, const Error& error, bool ofGet = false) {
    OpId mine{++last_};
    failing_.emplace(mine, Failing{op, &sink, error, ofGet});
    inner_.get(mine, *this, "");
  }
  void onStore(OpId op, ports::StoreResult result) override {
    Failing failing = failing_.at(op);
    failing_.erase(op);
    result.status = failing.error;
    if (tellsFirst && failing.ofGet && watch_ != nullptr) watch_->onStoreFailed(failing.error);
    failing.sink->onStore(failing.op, std::move(result));
  }

  struct Failing {
    OpId op;
    ports::StoreSink* sink;
    Error error;
    bool ofGet = false;
  };
  ports::Store& inner_;
  ports::StoreWatch* watch_ = nullptr;
  std::map<OpId, Failing> failing_;
  std::uint64_t last_ = 0;
};

}  // namespace henge::kit
