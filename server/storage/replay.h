// A start: brings back what the log holds and the store does not (docs/mechanisms/recovery_log.md).
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "server/storage/checkpoint.h"
#include "server/storage/feeder.h"
#include "server/storage/fence_scan.h"
#include "server/storage/log_judge.h"
#include "server/storage/open_report.h"
#include "server/storage/quarantine.h"
#include "server/storage/reinsertion.h"
#include "server/storage/replay_progress.h"
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
// file of the log means that files are missing. Under OnLogDamage::stop all of it is read twice:
// first only judged, so that every damage can be named with nothing changed. Thread: the loop's.
class Replay final : private ports::DiskSink,
                     private ports::StoreSink,
                     private ReinsertionSink,
                     private QuarantineSink,
                     private FenceScanSink {
 public:
  Replay(const StorageOptions& options, ReplayParts parts, ReplaySink& sink);

  void start();
  // Told by the shard, which hears these first.
  void onFed() { proceed(); }
  void onSegmentsChanged();
  void onPersisted(LogPosition applied, bool flushed);
  void onStoreFailed(const Error& error);

  const Quarantine& quarantine() const { return quarantine_; }
  void acceptDamage() { quarantine_.acceptAll(); }

 private:
  // waiting: a segment is read, and a table must be fed before the next is frozen.
  // ending: everything is inserted; what is left is the next segment and the feeding.
  enum class Step { preparing, reading, waiting, inserting, ending, flushing, moving, done };
  enum class Word { made, listed, removed, held, header, synced, segment };

  void onQuarantine(Status status) override;
  void onFenceScanned(Status status) override;
  void prepared();
  Status readMetadata();
  void judgeFromTheBeginning();
  void plan();
  void goWithout(const Status& read);

  void readNext();
  void judge(Bytes bytes);
  void sayDamage();
  void sayTorn(const SegmentContent& content, const std::string& path);
  void onReinserted(Status status) override;

  void proceed();
  bool readyToFreeze();
  bool fenceIsInDoubt() const;
  void freeze();
  void segmentDone();
  void beginEnding();
  void proceedEnding();
  void moveDamaged();
  void endTrial();
  void finish(const Status& status);
  void failOfStore(const Error& error);

  void onDisk(OpId op, ports::DiskResult result) override;
  void onStore(OpId op, ports::StoreResult result) override;
  OpId expect(Word word);
  std::string pathOf(const std::string& name) const;

  const StorageOptions& options_;
  ReplayParts parts_;
  ReplaySink& sink_;
  Quarantine quarantine_;
  Reinsertion reinsertion_;
  FenceScan fenceScan_;
  enum class FenceIs { kept, scanned, raised } fenceIs_ = FenceIs::kept;
  Step step_ = Step::preparing;
  MonoTime began_;
  OpenReport report_;
  ReplayProgress progress_;

  int awaited_ = 0;  // of preparing
  std::vector<ports::DirectoryEntry> entries_;
  std::map<OpId, ports::StoreResult> metadata_;  // 1: applied, 2: fence
  LogPosition applied_;                          // of the store at the start
  bool trial_ = false;                           // everything is only judged
  std::optional<LogJudge> judge_;                // once prepared
  std::optional<SegmentHeader> successor_;

  struct AtHand {  // read, not yet inserted
    SegmentFile file;
    Bytes bytes;
    std::vector<Batch> batches;
    LogPosition end;
  };
  AtHand atHand_;
  std::optional<LogPosition> unfrozen_;  // the end of the segment in the active table
  std::vector<FoundSegments::Closed> old_;
  std::vector<std::uint64_t> toSetAside_;  // left by a start that was interrupted
  std::size_t damageSaid_ = 0;             // of the judge's
  std::size_t damageNoted_ = 0;
  bool fedAny_ = false;

  std::map<OpId, Word> words_;
  std::uint64_t lastOp_ = 0;
};

}  // namespace henge::storage
