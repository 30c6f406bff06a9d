// What a start makes of the log's files: the replay acts on it, an inspector only says it.
#pragma once

#include <optional>
#include <vector>

#include "server/storage/open_report.h"
#include "server/storage/replay_plan.h"
#include "server/storage/segment_reader.h"
#include "server/storage/segments.h"

namespace henge::storage {

struct JudgedSegment {
  SegmentContent content;  // its views point into the bytes that were judged
  LogPosition end;         // of the segment; damaged: behind everything in it
};

// Judges the files of a plan in their order, one at a time; nothing but verdicts is kept. Pure.
class LogJudge {
 public:
  // `applied`: the store's persisted position.
  LogJudge(const StorageOptions& options, const std::vector<ports::DirectoryEntry>& entries,
           LogPosition applied);

  const ReplayPlan& plan() const { return plan_; }
  bool done() const { return next_ == plan_.toRead.size(); }
  const SegmentFile& file() const { return plan_.toRead[next_]; }  // the next; not if done()
  bool hasSuccessor() const;          // the header of segment file().id + 1 is needed too
  std::uint64_t bytesToRead() const;  // of all files

  // The segment that the store's position lies in, if its file is still there: nullptr, it is not.
  const SegmentFile* lastHeld() const;
  // `bytes` of it, whole. It is not replayed, but if it was never written up to the position, the
  // log is an older one than the store has seen.
  void judgeLastHeld(BytesView bytes);

  // `bytes` of file(), whole. Errors as readSegment(), with the file's name.
  Result<JudgedSegment> judge(BytesView bytes, const std::optional<SegmentHeader>& successor);

  // Whether the entries of what was judged last can be decoded: a batch that is whole by its
  // checksum and is nothing that was ever written is damage too. Who replays them finds it by
  // itself, and says so below.
  void judgeEntries(const SegmentContent& content);
  void addUnreadable(std::uint64_t offset, const std::string& reason);

  // So far.
  const std::vector<LogDamage>& damage() const { return damage_; }
  const std::vector<std::uint64_t>& damaged() const { return damaged_; }  // files to set aside
  const std::vector<FoundSegments::Closed>& closed() const { return closed_; }
  const std::vector<SegmentFile>& unused() const { return unused_; }
  const Predecessor& last() const { return last_; }  // the log goes on behind it
  std::uint64_t segmentsUsed() const { return segmentsUsed_; }
  std::uint64_t tornBytes() const { return tornBytes_; }
  LogPosition cutAt() const { return cutAt_; }  // {0,0}: nothing was torn

 private:
  LogPosition use(const SegmentContent& content);
  void addDamage(std::uint64_t id, const SegmentContent* content);
  const SegmentFile& lastJudged() const;
  std::string pathOf(std::uint64_t id) const;

  const StorageOptions& options_;
  LogPosition applied_;
  ReplayPlan plan_;
  std::size_t next_ = 0;
  std::vector<LogDamage> damage_;
  std::vector<std::uint64_t> damaged_;
  std::vector<FoundSegments::Closed> closed_;
  std::vector<SegmentFile> unused_;
  Predecessor last_;
  std::uint64_t segmentsUsed_ = 0;
  std::uint64_t tornBytes_ = 0;
  LogPosition cutAt_;
};

}  // namespace henge::storage
