// A RocksStore with a loop made of a queue: what the engine's tests share.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/engine/rocks_store.h"

namespace henge::engine {

// Functions posted from any thread, run by the one that pumps.
class Inbox {
 public:
  Post post() {
    return [this](std::function<void()> work) {
      {
        const std::lock_guard lock(mutex_);
        works_.push_back(std::move(work));
      }
      arrived_.notify_one();
    };
  }

  // Waits for one and runs it. A minute of silence means that an end got lost.
  void pump() {
    std::unique_lock lock(mutex_);
    const bool came =
        arrived_.wait_for(lock, std::chrono::minutes(1), [this] { return !works_.empty(); });
    if (!came) {
      std::fputs("an event of the store never came\n", stderr);
      std::abort();
    }
    const auto work = std::move(works_.front());
    works_.pop_front();
    lock.unlock();
    work();
  }

  bool pumpIfAny() {
    {
      const std::lock_guard lock(mutex_);
      if (works_.empty()) return false;
    }
    pump();
    return true;
  }

 private:
  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<std::function<void()>> works_;  // under mutex_
};

struct WatchLog final : ports::StoreWatch {
  void onStoreFailed(const Error& error) override { told.push_back(error); }
  std::vector<Error> told;
};

// One store in one directory, its calls made to wait.
class StoreBench final : public ports::StoreSink, private ports::StoreWatch {
 public:
  explicit StoreBench(EngineOptions options) : options_(std::move(options)) {
    const Status opened = open();
    if (opened.ok()) return;
    std::fprintf(stderr, "%s\n", opened.error().message.c_str());
    std::abort();
  }

  Status open() {
    store_.reset();
    auto opened = RocksStore::open(options_, inbox_.post());
    if (!opened) return opened.error();
    store_ = std::move(opened).value();
    store_->watch(this);
    return {};
  }
  void close() { store_.reset(); }

  RocksStore& store() { return *store_; }
  Inbox& inbox() { return inbox_; }
  const std::vector<Error>& failures() const { return failures_; }

  OpId next() { return OpId{++lastOp_}; }
  ports::StoreResult wait(OpId op) {
    while (!results_.contains(op)) inbox_.pump();
    auto result = std::move(results_.extract(op).mapped());
    return result;
  }

  ports::StoreResult write(ports::StoreBatch batch) {
    const OpId op = next();
    store_->write(op, *this, std::move(batch));
    return wait(op);
  }
  ports::StoreResult flush() {
    const OpId op = next();
    store_->flush(op, *this);
    return wait(op);
  }
  ports::StoreResult reopen() {
    const OpId op = next();
    store_->reopen(op, *this);
    return wait(op);
  }
  ports::StoreResult get(Bytes key) {
    const OpId op = next();
    store_->get(op, *this, std::move(key));
    return wait(op);
  }
  ports::StoreResult getPersisted(Bytes key) {
    const OpId op = next();
    store_->getPersisted(op, *this, std::move(key));
    return wait(op);
  }
  ports::StoreResult scan(Bytes from, Bytes to, std::size_t entriesMax = 1'000'000,
                          std::size_t bytesMax = 1'000'000'000) {
    const OpId op = next();
    store_->scan(op, *this, std::move(from), std::move(to), entriesMax, bytesMax);
    return wait(op);
  }

  void onStore(OpId op, ports::StoreResult result) override {
    order_.push_back(op.value);
    results_.emplace(op, std::move(result));
  }
  const std::vector<std::uint64_t>& order() const { return order_; }

 private:
  void onStoreFailed(const Error& error) override { failures_.push_back(error); }

  EngineOptions options_;
  Inbox inbox_;
  std::vector<Error> failures_;
  std::map<OpId, ports::StoreResult> results_;
  std::vector<std::uint64_t> order_;
  std::uint64_t lastOp_ = 0;
  std::unique_ptr<RocksStore> store_;  // first to go: it still posts into the inbox
};

inline EngineOptions smallEngine(const std::string& directory) {
  EngineOptions options;
  options.directory = directory;
  options.cacheBytes = 4 << 20;
  options.memtableBytes = 256 << 10;
  return options;
}

}  // namespace henge::engine
