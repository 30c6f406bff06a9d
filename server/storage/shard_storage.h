// One shard's storage: recovery log, tables and store behind the ports Storage and HintStore
// (docs/mechanisms/write_path.md, docs/mechanisms/recovery_log.md).
#pragma once

#include <vector>

#include "server/ports/hints.h"
#include "server/ports/storage.h"
#include "server/storage/checkpoint.h"
#include "server/storage/committer.h"
#include "server/storage/feeder.h"
#include "server/storage/hint_scans.h"
#include "server/storage/lookups.h"
#include "server/storage/mending.h"
#include "server/storage/open_report.h"
#include "server/storage/replay.h"
#include "server/storage/scans.h"
#include "server/storage/segments.h"
#include "server/storage/space.h"
#include "server/storage/storage_options.h"
#include "server/storage/write_ops.h"

namespace henge::storage {

// The two disks are two lanes to one data directory: only batches are written and synced through
// commitDisk, everything else (making, listing, reading, renaming, removing) goes through sideDisk,
// so that a commit never waits for the making of the next segment.
struct StorageEnvironment {
  ports::Disk& commitDisk;
  ports::Disk& sideDisk;
  ports::Store& store;
  const ports::Clock& clock;
  ports::Timers& timers;
  ports::Fatal& fatal;
  ports::Events& events;
  ports::StorageFaults& faults;
};

// Life: open() once, and nothing else before onOpened() with an ok status; then the port's verbs;
// drain() once, at a clean stop. It may be destroyed when none of its ports will bring it another
// event. After Fatal it answers nothing any more.
//
// A store that has no space left goes on answering reads; when there is space again it is opened
// anew and fed from the log (docs/mechanisms/full_disk.md). A store that is damaged is asked for
// nothing any more (docs/mechanisms/rebuilding.md). Any other failure of it is fatal.
// Thread: the loop's.
class ShardStorage final : public ports::Storage,
                           public ports::HintStore,
                           private CommitSink,
                           private SegmentsSink,
                           private FeedSink,
                           private CheckpointSink,
                           private LookupSink,
                           private ReplaySink,
                           private SpaceSink,
                           private MendingSink,
                           private ports::StoreWatch {
 public:
  ShardStorage(StorageOptions options, ports::StorageSink& sink, StorageEnvironment environment);
  ShardStorage(const ShardStorage&) = delete;
  ShardStorage& operator=(const ShardStorage&) = delete;

  void open(OpenSink& sink);

  // Admits nothing from now on but what is said of hints until the log is closed; commits and
  // answers what waits, feeds every table and flushes, so that the store holds everything and the
  // next start has nothing to replay. Of a storage that is not open the answer comes inside the
  // call.
  void drain(DrainSink& sink);

  Status admit(OpId op, RecordKind kind, std::uint64_t bytes) override;
  ports::Look lookForWrite(OpId op, const Record& record) override;
  void append(OpId op, Record record) override;
  void abandon(OpId op) override;
  ports::Look lookForRead(OpId op, BytesView key) override;
  void scan(OpId op, ports::ScanSink& sink, Bytes from, Bytes to, std::size_t recordsMax,
            std::size_t bytesMax) override;
  std::uint64_t approximateRecords(const Bytes& from, const Bytes& to) const override;
  ports::StorageStatus status() const override;
  LogView log() const override;
  void acceptDamage() override { replay_.acceptDamage(); }

  Status appendHint(HintEntry entry) override;
  void readHints(OpId op, ports::HintReadSink& sink, HintId above, NodeId last,
                 std::size_t hintsMax, std::size_t bytesMax) override;
  void readMarks(OpId op, ports::HintReadSink& sink, const RepairMark* above,
                 std::size_t marksMax) override;

  // For whoever looks on: what the store does not hold yet.
  const Tables& tables() const { return tables_; }
  // Everything is held that ever was; else what only the store knows is answered rebuilding.
  bool isWhole() const { return !lookups_.areClosed(); }

  std::uint64_t storeReads() const { return lookups_.storeReads(); }  // that waited, so far

 private:
  enum class State { closed, opening, serving, draining };
  enum class StoreState { whole, full, mending, damaged };

  void onReplayed(Status status, OpenReport report, Predecessor end) override;
  void onFound(OpId op, LookFor purpose, Result<std::optional<Record>> held) override;
  void onCommitted(std::vector<Append> batch) override;
  void onRolled(LogPosition end) override;
  void onFed(LogPosition applied) override;
  void onPersisted(LogPosition applied, bool flushed) override;
  void onSegmentsChanged() override;
  void onLogClosed(Status status) override;
  void onStoreFailed(const Error& error) override;
  void onFeedFailed(const Error& error) override { onStoreFailed(error); }
  void onCheckpointFailed(const Error& error) override { onStoreFailed(error); }
  SpaceNeed spaceNeed() const override;
  void onSpaceSeen() override;
  void onMended() override;
  void onMendingFailed(const Error& error) override;

  static Error notServing();
  Status admitNow(std::uint64_t bytes);
  void onStoreFull(const Error& error);
  void onStoreDamaged(const Error& error);
  void openDamaged(const Error& error, OpenReport report);
  void markDamaged(const Error& error);
  void stopFeeding();
  void mend();
  ports::AppendOutcome insert(Append append);
  Status roomForHint(std::uint64_t bytes);
  void insertHint(const Append& append);
  void proceedDraining();
  void drained(const Status& status);
  void limitLog();
  std::uint64_t logBytes() const { return segments_.closedBytes() + committer_.openBytes(); }

  const StorageOptions options_;
  ports::StorageSink& sink_;
  ports::Store& store_;
  ports::Fatal& fatal_;
  ports::Events& events_;
  ports::StorageFaults& faults_;
  State state_ = State::closed;
  StoreState storeState_ = StoreState::whole;
  bool logOpen_ = false;  // writes may be appended; not if the store was damaged at the start
  std::optional<Error> storeError_;  // while it is not whole
  OpenSink* opening_ = nullptr;
  DrainSink* draining_ = nullptr;
  enum class DrainStep { writes, log, feeding, flushing } drainStep_ = DrainStep::writes;
  OpenReport opened_;
  std::uint64_t hintBytesPending_ = 0;  // appended and not yet committed
  LogPosition fedTo_;                   // the store has it, persisted or not

  TableGarbage garbage_;
  Pins pins_;
  Tables tables_;
  Fence fence_;
  WriteOps writes_;
  Lookups lookups_;
  Scans scans_;
  HintScans hintScans_;
  Segments segments_;
  Committer committer_;
  Feeder feeder_;
  Checkpoint checkpoint_;
  Replay replay_;
  Space space_;
  Mending mending_;
};

}  // namespace henge::storage
