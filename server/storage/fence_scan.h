// The fence made anew from what the store holds, when the log cannot tell any more.
#pragma once

#include "server/ports/store.h"
#include "server/storage/fence.h"
#include "server/storage/storage_options.h"

namespace henge::storage {

class FenceScanSink {
 public:
  virtual void onFenceScanned(Status status) = 0;

 protected:
  ~FenceScanSink() = default;
};

// A table that was being fed when the process died has left rows above the fence, which its segment
// raises when it is replayed. If that segment is damaged, the rows are there and the fence is too
// low: older writes would pass it. So every row of the store is read, and the raised fence written.
// Life: from start() until onFenceScanned(). Thread: the loop's.
class FenceScan final : private ports::StoreSink {
 public:
  static constexpr std::size_t rowsMax = 1000;  // of a page
  static constexpr std::size_t bytesMax = 1 << 20;

  FenceScan(const StorageOptions& options, ports::Store& store, Fence& fence, FenceScanSink& sink)
      : options_(options), store_(store), fence_(fence), sink_(sink) {}

  void start() { readFrom(Bytes()); }

 private:
  enum class Step { reading, writing };

  void readFrom(Bytes storeKey);
  void onStore(OpId op, ports::StoreResult result) override;
  Status raise(const ports::StoreEntry& row);

  const StorageOptions& options_;
  ports::Store& store_;
  Fence& fence_;
  FenceScanSink& sink_;
  Step step_ = Step::reading;
  std::uint64_t lastOp_ = 0;
};

}  // namespace henge::storage
