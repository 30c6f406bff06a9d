// Group commit: one write and one sync for all that wait (docs/mechanisms/recovery_log.md).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/compression.h"
#include "core/hint.h"
#include "core/histogram.h"
#include "core/record.h"
#include "server/ports/clock.h"
#include "server/ports/disk.h"
#include "server/ports/fatal.h"
#include "server/ports/timers.h"
#include "server/storage/segment_format.h"
#include "server/storage/segments.h"

namespace henge::storage {

// A row under its operation, or what is said of hints, which no operation waits for.
struct Append {
  OpId op;
  Record record;
  std::size_t bytes = 0;  // of its log entry
  std::optional<HintEntry> hint;
};

class CommitSink {
 public:
  // A batch, in log order: on disk under `always`, else handed to the operating system. Called
  // whole before the next batch is written.
  virtual void onCommitted(std::vector<Append> batch) = 0;
  virtual void onRolled(LogPosition end) = 0;   // the segment has ended there, synced
  virtual void onLogClosed(Status status) = 0;  // answers close()

 protected:
  ~CommitSink() = default;
};

struct CommitEnvironment {
  ports::Disk& disk;  // the commit lane
  const ports::Clock& clock;
  ports::Timers& timers;
  ports::Fatal& fatal;
};

// One thing at a time: a batch, a sync, a mark or the end of a segment; the next begins when the
// last ended. After a failed write or sync what the disk holds is unknown: fatal, and nothing is
// answered any more. Thread: the loop's.
class Committer final : private ports::DiskSink, private ports::TimerSink {
 public:
  Committer(const StorageOptions& options, CommitEnvironment environment, Segments& segments,
            CommitSink& sink);

  void start(Predecessor predecessor);  // the log ends there, all of it is synced
  void append(OpId op, Record record);
  void append(HintEntry entry);
  void close();  // when all that waits is committed, ends the segment: onLogClosed()
  void onSegmentsChanged() { kick(); }

  LogPosition synced() const { return synced_; }
  LogPosition end() const;
  std::uint64_t openBytes() const { return open_ ? open_->offset : 0; }  // of the segment in use
  std::uint64_t syncs() const { return syncs_; }
  std::uint64_t records() const { return records_; }  // committed so far
  // Microseconds from handing a write and its sync, or a sync alone, to the disk until their end.
  const Histogram& syncTimes() const { return syncTimes_; }

 private:
  enum class Step { idle, batch, sync, mark, roll };
  enum Wake : std::uint64_t { wakeKick, wakeMark, wakeSync, wakeAge };
  struct Open {
    std::uint64_t id = 0;
    std::string path;
    Bytes header;  // encoded; written with the first batch
    std::uint64_t offset = segmentHeaderBytes;
    std::uint64_t unpacked = segmentHeaderBytes;  // the offset, had nothing been compressed
    std::uint64_t checksum = 0;                   // of the last batch, or of the header
    std::uint32_t sequence = 0;                   // of the last batch
    SegmentSummary summary;
  };

  void enqueue(Append append);
  void kick();
  void openSegment();
  bool fits(std::size_t entryBytesTotal) const;
  void startBatch();
  void startMark();
  void startRoll();
  void startSync();
  Bytes takePending(std::size_t count);
  void writeBatch(Bytes batch, std::uint32_t count, BatchKind kind);
  void sync();
  void closeStep();

  void onDisk(OpId op, ports::DiskResult result) override;
  void onStepDone();
  void onBatchDone();
  void onRollDone();
  void onTimer(std::uint64_t token) override;
  void onMarkTimer();
  void armMark();
  void wakeIn(Duration span, std::uint64_t token) {
    environment_.timers.wakeAt(environment_.clock.now() + span, *this, token);
  }

  const StorageOptions& options_;
  CommitEnvironment environment_;
  Segments& segments_;
  CommitSink& sink_;

  Step step_ = Step::idle;
  bool started_ = false;
  bool dead_ = false;
  bool kickComing_ = false;
  int awaited_ = 0;  // disk operations of this step
  std::uint64_t lastOp_ = 0;

  std::vector<Append> pending_;
  Bytes pendingBatch_;  // room for a batch header, then the entries of pending_
  std::vector<Append> committing_;
  std::optional<Compressor> compressor_;

  std::optional<Open> open_;
  Predecessor predecessor_;
  LogPosition synced_;
  LogPosition endWritten_;  // what the step in flight will have made the end
  bool rollDue_ = false;
  bool closing_ = false;

  bool unsynced_ = false;  // something was written since the last sync
  bool syncDue_ = false;
  bool syncArmed_ = false;
  bool markDue_ = false;
  bool markArmed_ = false;
  bool unmarked_ = false;  // entries were written since the last mark
  MonoTime lastWrite_;

  std::uint64_t syncs_ = 0;
  std::uint64_t records_ = 0;
  MonoTime syncBegan_;
  Histogram syncTimes_;
};

}  // namespace henge::storage
