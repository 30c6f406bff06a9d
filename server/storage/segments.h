// The files of the log: made ahead of need, used again, removed when the store has their content.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "server/ports/clock.h"
#include "server/ports/disk.h"
#include "server/ports/events.h"
#include "server/ports/fatal.h"
#include "server/ports/timers.h"
#include "server/storage/storage_options.h"

namespace henge::storage {

class SegmentsSink {
 public:
  // One is ready, or making one has failed: see hasReady() and makeable().
  virtual void onSegmentsChanged() = 0;

 protected:
  ~SegmentsSink() = default;
};

struct ReadySegment {
  std::uint64_t id = 0;
  std::string path;
  bool recycled = false;
};

// What a start found in the log's directory.
struct FoundSegments {
  std::uint64_t nextId = 1;           // no segment of this or a higher id is in use
  std::vector<std::uint64_t> unused;  // above nextId, ascending: removed
  struct Closed {
    LogPosition end;
    std::uint64_t fileBytes = 0;
  };
  std::vector<Closed> closed;       // ascending
  std::vector<std::string> spares;  // file names
};

struct SegmentsEnvironment {
  ports::Disk& disk;  // the side lane
  const ports::Clock& clock;
  ports::Timers& timers;
  ports::Fatal& fatal;
  ports::Events& events;
};

// One segment is ready ahead of need, always under the name of its id, so that ids have no gaps and
// a missing file is noticed. No space: tried again every diskFullRetry. Any other failure is fatal.
// Thread: the loop's.
class Segments final : private ports::DiskSink, private ports::TimerSink {
 public:
  Segments(const StorageOptions& options, SegmentsEnvironment environment, SegmentsSink& sink);

  void start(FoundSegments found);  // makes segment nextId, in the place of an unused one

  bool hasReady() const { return ready_.has_value(); }
  ReadySegment take();  // precondition: hasReady(). The next one is begun
  void close(LogPosition end);
  void dropTo(LogPosition applied);  // closed ones that end there or before; applied is persisted

  Status makeable() const;  // diskFull: the last attempt found no space
  std::uint64_t closedBytes() const { return closedBytes_; }  // on the disk, used or not
  // The ends of the closed ones behind `applied`, up to the one that ends at `last`; ascending.
  std::deque<LogPosition> closedWithin(LogPosition applied, LogPosition last) const;
  std::uint64_t count() const { return closed_.size() + (inUse_ ? 1 : 0); }
  bool isInUse() const { return inUse_; }
  const std::deque<FoundSegments::Closed>& closed() const { return closed_; }  // ascending
  std::uint64_t inUse() const { return nextId_ - 1; }  // its id, if isInUse()
  std::uint64_t readyId() const { return nextId_; }    // if hasReady()
  std::uint64_t spares() const { return spares_.size(); }

 private:
  enum class Step { removing, creating, renaming, disposing };
  struct Disposal {
    bool toSpare = false;
    std::string spare;
  };

  void make();
  void nameIt(const std::string& from);
  void dispose(const FoundSegments::Closed& closed);
  void onDisk(OpId op, ports::DiskResult result) override;
  void onDisposed(OpId op, const Status& status);
  void onMade(const Status& status);
  void onTimer(std::uint64_t token) override;
  void fail(const Status& status);
  std::string pathOf(const std::string& name) const;
  OpId nextOp(Step step);

  const StorageOptions& options_;
  SegmentsEnvironment environment_;
  SegmentsSink& sink_;
  std::uint64_t nextId_ = 0;
  bool making_ = false;
  bool waitingForSpace_ = false;
  bool makingRecycled_ = false;
  bool inUse_ = false;
  bool dead_ = false;
  std::optional<ReadySegment> ready_;
  std::deque<FoundSegments::Closed> closed_;
  std::uint64_t closedBytes_ = 0;
  std::vector<std::string> spares_;  // names
  std::size_t sparesComing_ = 0;
  std::map<OpId, Step> steps_;
  std::map<OpId, Disposal> disposals_;
  std::uint64_t lastOp_ = 0;
};

}  // namespace henge::storage
