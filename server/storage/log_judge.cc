#include "server/storage/log_judge.h"

#include <algorithm>
#include <cassert>

#include "server/storage/batch_payload.h"
#include "server/storage/segment_names.h"

namespace henge::storage {

namespace {

static_assert(KeyBounds::cutAt == trailerKeyBytesMax);

// A trailer counts and bounds all entries of its segment; those that can be read are not lost.
void boundBy(LogDamage& damage, const SegmentContent& content) {
  if (!content.trailer) return;
  const SegmentSummary& summary = content.trailer->summary;
  const std::uint64_t readable = content.entries();
  damage.recordsMax = summary.entries - std::min(summary.entries, readable);
  if (summary.isBounded()) damage.keys = KeyBounds{summary.leastKey, summary.greatestKey};
}

}  // namespace

LogJudge::LogJudge(const StorageOptions& options, const std::vector<ports::DirectoryEntry>& entries,
                   LogPosition applied)
    : options_(options),
      applied_(applied),
      plan_(planReplay(entries, applied, options)),
      damage_(plan_.missing),
      last_{applied.segment, applied.offset, 0} {}

bool LogJudge::hasSuccessor() const {
  assert(!done());
  return next_ + 1 < plan_.toRead.size() && plan_.toRead[next_ + 1].id == file().id + 1;
}

std::uint64_t LogJudge::bytesToRead() const {
  std::uint64_t sum = 0;
  for (const SegmentFile& file : plan_.toRead) sum += file.bytes;
  return sum;
}

const SegmentFile* LogJudge::lastHeld() const {
  const bool there = !plan_.old.empty() && plan_.old.back().id == applied_.segment;
  return there ? &plan_.old.back() : nullptr;
}

// Only an end behind which nothing stands tells of an older log: damage to what the store holds
// already loses nothing.
void LogJudge::judgeLastHeld(BytesView bytes) {
  const std::uint64_t id = applied_.segment;
  const Result<SegmentContent> content = readSegment(bytes, {options_.owner, id, id}, std::nullopt);
  if (!content || content->end == SegmentEnd::damaged || content->tornBytes > 0) return;
  if (content->endOffset >= applied_.offset) return;
  damage_.push_back({pathOf(id),
                     content->endOffset,
                     "the segment ends here, the store holds everything up to " +
                         toString(applied_) + ": the log is older than the store",
                     {},
                     {}});
}

Result<JudgedSegment> LogJudge::judge(BytesView bytes,
                                      const std::optional<SegmentHeader>& successor) {
  assert(!done());
  Result<SegmentContent> content =
      readSegment(bytes, {options_.owner, file().id, applied_.segment}, successor);
  if (!content)
    return Error{content.error().kind, pathOf(file().id) + " " + content.error().message};
  if (content->tornBytes > 0) {
    tornBytes_ += content->tornBytes;
    cutAt_ = {file().id, content->endOffset};
  }
  JudgedSegment judged{std::move(content).value(), {file().id, 0}};
  if (judged.content.end == SegmentEnd::unused)
    unused_.push_back(file());
  else
    judged.end = use(judged.content);
  ++next_;
  return judged;
}

// A later segment in use shows that what seemed unused before it was not.
LogPosition LogJudge::use(const SegmentContent& content) {
  for (const SegmentFile& unused : unused_) addDamage(unused.id, nullptr);
  unused_.clear();
  ++segmentsUsed_;
  LogPosition end{file().id, content.endOffset};
  if (content.end == SegmentEnd::damaged) {
    addDamage(end.segment, &content);
    end.offset = std::max(end.offset, file().bytes);
  } else {
    closed_.push_back({end, file().bytes});
  }
  // A segment ends only when the next one is there.
  const bool isLast = next_ + 1 == plan_.toRead.size();
  if (content.end == SegmentEnd::ended && isLast)
    damage_.push_back(missingSegment(end.segment + 1,
                                     "the file is missing: the segment before it has ended",
                                     options_.owner.shard));
  last_ = {end.segment, end.offset, content.lastChecksum};
  return end;
}

void LogJudge::judgeEntries(const SegmentContent& content) {
  const std::uint64_t segmentBytes = std::max(lastJudged().bytes, options_.segmentBytes);
  for (const Batch& batch : content.batches) {
    const Result<DecodedEntries> entries = entriesOf(batch, segmentBytes);
    if (entries.ok() || entries.error().kind != ErrorKind::corrupt) continue;
    return addUnreadable(batch.header.at.offset, entries.error().message);
  }
}

// It was written like that: no disk has changed it, but what it said is lost all the same.
void LogJudge::addUnreadable(std::uint64_t offset, const std::string& reason) {
  const std::uint64_t id = lastJudged().id;
  damage_.push_back({pathOf(id), offset, reason, {}, {}});
  if (!damaged_.empty() && damaged_.back() == id) return;
  closed_.pop_back();
  damaged_.push_back(id);
}

const SegmentFile& LogJudge::lastJudged() const {
  assert(next_ > 0);
  return plan_.toRead[next_ - 1];
}

// `content`: nullptr, it holds nothing.
void LogJudge::addDamage(std::uint64_t id, const SegmentContent* content) {
  LogDamage damage{pathOf(id), 0, "holds nothing though a later segment is in use", {}, {}};
  if (content != nullptr) {
    damage.offset = content->endOffset;
    damage.reason = content->reason;
    boundBy(damage, *content);
  }
  damage_.push_back(std::move(damage));
  damaged_.push_back(id);
}

std::string LogJudge::pathOf(std::uint64_t id) const {
  return segmentPath(options_.owner.shard, id);
}

}  // namespace henge::storage
