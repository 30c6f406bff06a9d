#include "tests/proofs/crash/watched_engine.h"

#include <algorithm>

#include "server/storage/store_keys.h"

namespace henge::proofs {

namespace {

const Bytes& positionKey() {
  static const Bytes key = storage::appliedKey(0);
  return key;
}

}  // namespace

OpId WatchedEngine::begin(OpId op, ports::StoreSink& sink) {
  calls_.emplace(OpId{++lastOp_}, Call{op, &sink});
  return OpId{lastOp_};
}

void WatchedEngine::onStore(OpId op, ports::StoreResult result) {
  const Call call = calls_.extract(op).mapped();
  call.sink->onStore(call.op, std::move(result));
}

std::optional<std::optional<Bytes>> WatchedEngine::getCached(BytesView key) {
  return engine_.getCached(key);
}

void WatchedEngine::get(OpId op, ports::StoreSink& sink, Bytes key) {
  engine_.get(begin(op, sink), *this, std::move(key));
}

void WatchedEngine::getPersisted(OpId op, ports::StoreSink& sink, Bytes key) {
  if (bug_ == StoreBug::positionUnflushed) return get(op, sink, std::move(key));
  if (bug_ == StoreBug::positionForgotten && flushes_ == 0) key = "nothing";
  engine_.getPersisted(begin(op, sink), *this, std::move(key));
}

// The bug: what a table's last batch brings is known, and flushed, before its other rows are there.
void WatchedEngine::write(OpId op, ports::StoreSink& sink, ports::StoreBatch batch) {
  const auto position = std::find_if(batch.begin(), batch.end(),
                                     [](const auto& entry) { return entry.key == positionKey(); });
  if (bug_ == StoreBug::positionFirst && position != batch.end()) {
    engine_.write(begin(OpId{}, nobody_), *this, {*position});
    engine_.flush(begin(OpId{}, nobody_), *this);
  }
  engine_.write(begin(op, sink), *this, std::move(batch));
}

void WatchedEngine::flush(OpId op, ports::StoreSink& sink) {
  ++flushes_;
  if (bug_ == StoreBug::flushUndone) return get(op, sink, "nothing");
  engine_.flush(begin(op, sink), *this);
}

void WatchedEngine::reopen(OpId op, ports::StoreSink& sink) {
  engine_.reopen(begin(op, sink), *this);
}

void WatchedEngine::scan(OpId op, ports::StoreSink& sink, Bytes from, Bytes to,
                         std::size_t entriesMax, std::size_t bytesMax) {
  engine_.scan(begin(op, sink), *this, std::move(from), std::move(to), entriesMax, bytesMax);
}

}  // namespace henge::proofs
