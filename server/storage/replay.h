// A start: brings back what the log holds and the store does not (docs/mechanisms/recovery_log.md).
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "server/storage/checkpoint.h"
#include "server/storage/feeder.h"
#include "server/storage/open_report.h"
#include "server/storage/reinsertion.h"
#include "server/storage/replay_plan.h"
#include "server/storage/segment_reader.h"
#include "server/storage/segments.h"

namespace henge::storage {

class ReplaySink {
 public:
  // ok: the store holds, persisted, everything before `end`; the log goes on behind it.
  virtual void onReplayed(Status status, OpenReport report, Predecessor end) = 0;

 protected:
  ~ReplaySink() = default;
};

struct ReplayParts {
  ports::Disk& disk;  // the side lane
  ports::Store& store;
  const ports::Clock& clock;
  ports::Events& events;
  Tables& tables;
  Fence& fence;
  const Pins& pins;
  Lookups& lookups;
  Feeder& feeder;
  Checkpoint& checkpoint;
  Segments& segments;
};

// Life: from start() until onReplayed(). Reads segment by segment; each one's records pass the same
// gate, tables and feeder as a write, so memory is bounded by frozenTablesMax and one segment's
// bytes. The last table is fed only when the next segment is there: a store that is ahead of every
// file of the log means that files are missing. Thread: the loop's.
class Replay final : private ports::DiskSink, private ports::StoreSink, private ReinsertionSink {
 public:
  Replay(const StorageOptions& options, ReplayParts parts, ReplaySink& sink);

  void start();
  // Told by the shard, which hears these first.
  void onFed() { proceed(); }
  void onSegmentsChanged();
  void onPersisted(LogPosition applied, bool flushed);
  void onStoreFailed(const Error& error);

 private:
  // waiting: a segment is read, and a table must be fed before the next is frozen.
  // ending: everything is inserted; what is left is the next segment and the feeding.
  enum class Step { preparing, reading, waiting, inserting, ending, flushing, moving, done };
  enum class Word { made, quarantined, listed, removed, header, synced, segment, marked, moved };

  void onQuarantineListed(const ports::DiskResult& result);
  void prepared();
  void plan();
  Status readMetadata();

  void readNext();
  void judge(Bytes bytes);
  void addUsed(SegmentContent content, Bytes bytes);
  void noteDamage(std::uint64_t id, std::uint64_t offset, const std::string& reason);
  void noteTorn(const SegmentContent& content);
  void onReinserted(Status status) override;

  void proceed();
  bool readyToFreeze();
  void freeze();
  void markDamage();
  void beginEnding();
  void proceedEnding();
  void moveDamaged();
  void finish(const Status& status);
  void failOfStore(const Error& error);

  void onDisk(OpId op, ports::DiskResult result) override;
  void onStore(OpId op, ports::StoreResult result) override;
  OpId expect(Word word);
  std::string pathOf(const std::string& name) const;
  const SegmentFile& file() const { return plan_.toRead[reading_]; }

  const StorageOptions& options_;
  ReplayParts parts_;
  ReplaySink& sink_;
  Reinsertion reinsertion_;
  Step step_ = Step::preparing;
  MonoTime began_;
  OpenReport report_;

  int awaited_ = 0;  // of preparing, marking and moving
  bool marking_ = false;
  std::vector<ports::DirectoryEntry> entries_;
  std::map<OpId, ports::StoreResult> metadata_;  // 1: applied, 2: fence
  ReplayPlan plan_;
  std::size_t reading_ = 0;  // index into plan_.toRead
  std::optional<SegmentHeader> successor_;

  struct AtHand {  // read, not yet inserted
    Bytes bytes;
    std::vector<Batch> batches;
    LogPosition end;
  };
  AtHand atHand_;
  std::optional<LogPosition> unfrozen_;  // the end of the segment in the active table
  Predecessor last_;                     // of the segments in use so far
  std::vector<SegmentFile> unused_;
  std::vector<FoundSegments::Closed> closed_;
  std::vector<std::uint64_t> damaged_;  // moved away when the store holds the rest
  std::size_t damageMarked_ = 0;        // of report_.damage
  bool fedAny_ = false;

  std::map<OpId, Word> words_;
  std::uint64_t lastOp_ = 0;
};

}  // namespace henge::storage
