// Brings a store that ran out of space back to what it held (docs/mechanisms/full_disk.md).
#pragma once

#include <deque>
#include <optional>
#include <string>

#include "server/storage/feeder.h"
#include "server/storage/reinsertion.h"
#include "server/storage/segments.h"

namespace henge::storage {

class MendingSink {
 public:
  virtual void onMended() = 0;  // the store holds again everything it was fed
  // diskFull: to be tried again. corrupt: the log cannot give back what the store has lost.
  virtual void onMendingFailed(const Error& error) = 0;

 protected:
  ~MendingSink() = default;
};

struct MendingParts {
  ports::Disk& disk;  // the side lane
  ports::Store& store;
  const Segments& segments;
};

// Life: from start() until either event of the sink, and again. The store is opened anew, which
// loses what it had not persisted: then each segment that it had been fed and lacks now is read,
// passes the gate into a table of its own, and is fed – the tables in memory, which are newer, wait
// meanwhile. A crash on the way is as any other: the applied position tells the truth at each
// moment. Memory is bounded by one segment and its table. Thread: the loop's.
class Mending final : private ports::DiskSink,
                      private ports::StoreSink,
                      private ReinsertionSink,
                      private FeedSink {
 public:
  Mending(const StorageOptions& options, MendingParts parts, MendingSink& sink);

  void start(LogPosition fedTo);  // the end of the last segment that the store had been fed

 private:
  void onStore(OpId op, ports::StoreResult result) override;
  void onReopened();
  void plan(const ports::StoreResult& applied);
  Status takeFence(const ports::StoreResult& fence);
  void readNext();
  void onDisk(OpId op, ports::DiskResult result) override;
  void onReinserted(Status status) override;
  void onFed(LogPosition applied) override;
  void onFeedFailed(const Error& error) override;
  void fail(const Error& error);
  Error unreadable(const std::string& why) const;

  const StorageOptions& options_;
  MendingParts parts_;
  MendingSink& sink_;
  Pins pins_;
  Tables tables_;
  Fence fence_;
  Lookups lookups_;
  Reinsertion reinsertion_;
  Feeder feeder_;

  bool running_ = false;
  LogPosition fedTo_;
  std::deque<LogPosition> lacking_;  // the ends of the segments to be fed, ascending
};

}  // namespace henge::storage
