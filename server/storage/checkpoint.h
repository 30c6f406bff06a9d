// How far the store would stand after a crash, and how it is made to stand further.
#pragma once

#include "server/ports/store.h"
#include "server/storage/storage_options.h"

namespace henge::storage {

class CheckpointSink {
 public:
  // `flushed`: everything that was in the store at the last flush() is persisted.
  virtual void onPersisted(LogPosition applied, bool flushed) = 0;
  virtual void onCheckpointFailed(const Error& error) = 0;

 protected:
  ~CheckpointSink() = default;
};

// Reads the persisted applied position; calls made while one is on its way are joined to one more.
// Paused, or after a failure, it stands still until resume(). Thread: the loop's.
class Checkpoint final : private ports::StoreSink {
 public:
  Checkpoint(const StorageOptions& options, ports::Store& store, CheckpointSink& sink)
      : options_(options), store_(store), sink_(sink) {}

  void look();
  void flush();
  void pause();   // what is on its way counts for nothing
  void resume();  // with a look
  bool flushing() const { return step_ == Step::flushing || flushAgain_; }
  LogPosition applied() const { return applied_; }  // as last seen

 private:
  enum class Step { idle, flushing, looking };

  void onStore(OpId op, ports::StoreResult result) override;
  void onLooked(const ports::StoreResult& result);
  void fail(const Error& error);

  const StorageOptions& options_;
  ports::Store& store_;
  CheckpointSink& sink_;
  Step step_ = Step::idle;
  bool flushed_ = false;  // the look on its way follows a flush
  bool flushAgain_ = false;
  bool lookAgain_ = false;
  bool paused_ = false;
  LogPosition applied_;
  std::uint64_t lastOp_ = 0;
  OpId awaited_;  // whose end counts
};

}  // namespace henge::storage
