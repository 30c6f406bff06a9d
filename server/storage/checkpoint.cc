#include "server/storage/checkpoint.h"

#include <utility>

#include "server/storage/store_keys.h"

namespace henge::storage {

void Checkpoint::look() {
  if (paused_) return;
  if (step_ != Step::idle) {
    lookAgain_ = true;
    return;
  }
  step_ = Step::looking;
  awaited_ = OpId{++lastOp_};
  store_.getPersisted(awaited_, *this, appliedKey(options_.owner.shard));
}

void Checkpoint::flush() {
  if (paused_) return;
  if (step_ != Step::idle) {
    flushAgain_ = true;
    return;
  }
  step_ = Step::flushing;
  awaited_ = OpId{++lastOp_};
  store_.flush(awaited_, *this);
}

void Checkpoint::pause() {
  paused_ = true;
  step_ = Step::idle;
  flushed_ = flushAgain_ = lookAgain_ = false;
  awaited_ = {};
}

void Checkpoint::resume() {
  paused_ = false;
  look();
}

void Checkpoint::onStore(OpId op, ports::StoreResult result) {
  if (op != awaited_) return;
  if (!result.status) return fail(result.status.error());
  bool wasFlush = step_ == Step::flushing;
  step_ = Step::idle;
  if (!wasFlush) return onLooked(result);
  flushed_ = true;
  look();
}

void Checkpoint::onLooked(const ports::StoreResult& result) {
  if (result.value) {
    Result<LogPosition> applied = decodeApplied(*result.value);
    if (!applied) return fail(applied.error());
    applied_ = *applied;
  }
  bool flushed = std::exchange(flushed_, false) && !flushAgain_;
  bool lookAgain = std::exchange(lookAgain_, false);
  if (std::exchange(flushAgain_, false))
    flush();
  else if (lookAgain)
    look();
  sink_.onPersisted(applied_, flushed);
}

void Checkpoint::fail(const Error& error) {
  pause();
  sink_.onCheckpointFailed(
      {error.kind,
       "the store's applied position cannot be made durable or read: " + error.message});
}

}  // namespace henge::storage
