#include "server/storage/replay.h"

#include <algorithm>
#include <cassert>

#include "core/rehearsal.h"
#include "server/storage/segment_names.h"
#include "server/storage/store_keys.h"

namespace henge::storage {

namespace {

constexpr OpId appliedOp{1};
constexpr OpId fenceOp{2};

std::string markName(std::uint64_t id) {
  std::string name = segmentName(id);
  return name.substr(0, name.size() - 4) + ".txt";
}

}  // namespace

Replay::Replay(const StorageOptions& options, ReplayParts parts, ReplaySink& sink)
    : options_(options),
      parts_(parts),
      sink_(sink),
      reinsertion_(parts.tables, parts.lookups, *this) {}

void Replay::start() {
  std::uint32_t shard = options_.owner.shard;
  began_ = parts_.clock.now();
  awaited_ = 6;
  parts_.disk.makeDirectory(expect(Word::made), *this, "log");
  parts_.disk.makeDirectory(expect(Word::made), *this, logDirectory(shard));
  parts_.disk.list(expect(Word::quarantined), *this, quarantineDirectory(shard));
  parts_.disk.list(expect(Word::listed), *this, logDirectory(shard));
  parts_.store.getPersisted(appliedOp, *this, appliedKey(shard));
  parts_.store.getPersisted(fenceOp, *this, fenceKey(shard));
}

void Replay::onStore(OpId op, ports::StoreResult result) {
  if (step_ == Step::done) return;
  if (!result.status) return failOfStore(result.status.error());
  metadata_.emplace(op, std::move(result));
  prepared();
}

void Replay::onDisk(OpId op, ports::DiskResult result) {
  auto found = words_.find(op);
  assert(found != words_.end());
  Word word = found->second;
  words_.erase(found);
  if (step_ == Step::done) return;
  if (word == Word::quarantined) return onQuarantineListed(result);
  if (!result.status) return finish(result.status);
  switch (word) {
    case Word::listed:
      entries_ = std::move(result.entries);
      [[fallthrough]];
    case Word::made:
      return prepared();
    case Word::header:
      successor_ = headerInUse(result.bytes, options_.owner, file().id + 1);
      return;
    case Word::segment:
      return judge(std::move(result.bytes));
    case Word::marked:
      marking_ = --awaited_ > 0;
      return proceed();
    case Word::moved:
      if (--awaited_ == 0) finish({});
      return;
    default:
      return;
  }
}

void Replay::onQuarantineListed(const ports::DiskResult& result) {
  if (!result.status && result.status.error().kind != ErrorKind::notFound)
    return finish(result.status);
  for (const ports::DirectoryEntry& entry : result.entries)
    report_.quarantined.push_back(quarantineDirectory(options_.owner.shard) + "/" + entry.name);
  prepared();
}

void Replay::prepared() {
  if (--awaited_ > 0) return;
  if (Status status = readMetadata(); !status) return failOfStore(status.error());
  plan();
  readNext();
}

Status Replay::readMetadata() {
  if (const auto& value = metadata_[appliedOp].value) {
    Result<LogPosition> applied = decodeApplied(*value);
    if (!applied) return applied.error();
    last_ = {applied->segment, applied->offset, 0};
  }
  if (const auto& value = metadata_[fenceOp].value) {
    Result<Fence> fence = decodeFence(*value);
    if (!fence) return fence.error();
    parts_.fence = *fence;
  }
  return {};
}

void Replay::plan() {
  LogPosition applied{last_.id, last_.end};
  plan_ = planReplay(entries_, applied, options_);
  for (const std::string& name : plan_.refuse)
    parts_.disk.remove(expect(Word::removed), *this, pathOf(name));
  for (const SegmentFile& old : plan_.old) {
    // Marked as damaged by a start that was interrupted before it could move it away.
    std::string mark = quarantineDirectory(options_.owner.shard) + "/" + markName(old.id);
    auto& marks = report_.quarantined;
    if (std::find(marks.begin(), marks.end(), mark) != marks.end())
      damaged_.push_back(old.id);
    else
      closed_.push_back({std::min(LogPosition{old.id, old.bytes}, applied), old.bytes});
  }
  report_.damage = plan_.missing;
  for (const Damage& damage : report_.damage)
    parts_.events.note(ports::Severity::error, "log: " + damage.reason);
}

void Replay::readNext() {
  if (reading_ == plan_.toRead.size()) return beginEnding();
  step_ = Step::reading;
  successor_.reset();
  bool follows =
      reading_ + 1 < plan_.toRead.size() && plan_.toRead[reading_ + 1].id == file().id + 1;
  if (follows)
    parts_.disk.read(expect(Word::header), *this, pathOf(segmentName(file().id + 1)), 0,
                     segmentHeaderBytes);
  // A process that was killed may have left what was never synced: the store's position must not
  // come to lie beyond what is surely on the disk.
  const std::string path = pathOf(segmentName(file().id));
  parts_.disk.sync(expect(Word::synced), *this, path);
  parts_.disk.read(expect(Word::segment), *this, path, 0, file().bytes);
}

void Replay::judge(Bytes bytes) {
  Result<SegmentContent> content = readSegment(bytes, options_.owner, file().id, successor_);
  if (!content)
    return finish(Error{content.error().kind,
                        pathOf(segmentName(file().id)) + " " + content.error().message});
  if (content->tornBytes > 0) noteTorn(*content);
  if (content->end != SegmentEnd::unused)
    return addUsed(std::move(content).value(), std::move(bytes));
  unused_.push_back(file());
  ++reading_;
  readNext();
}

void Replay::addUsed(SegmentContent content, Bytes bytes) {
  for (const SegmentFile& unused : unused_) {
    noteDamage(unused.id, 0, "holds nothing though a later segment is in use");
    damaged_.push_back(unused.id);
  }
  unused_.clear();
  if (++report_.segments > 1) probe("replay: several segments");
  LogPosition end{file().id, content.endOffset};
  if (content.end == SegmentEnd::damaged) {
    noteDamage(end.segment, end.offset, content.reason);
    damaged_.push_back(end.segment);
    end.offset = std::max(end.offset, file().bytes);
  } else {
    closed_.push_back({end, file().bytes});
  }
  last_ = {end.segment, end.offset, content.lastChecksum};
  atHand_ = {std::move(bytes), std::move(content.batches), end};
  step_ = Step::waiting;
  proceed();
}

void Replay::noteDamage(std::uint64_t id, std::uint64_t offset, const std::string& reason) {
  std::string path = pathOf(segmentName(id));
  probe("replay: damage");
  std::string line = path + " is damaged at " + std::to_string(offset) + ": " + reason;
  parts_.events.note(ports::Severity::error, "log: " + line);
  report_.damage.push_back({path, offset, line});
}

void Replay::noteTorn(const SegmentContent& content) {
  probe("replay: a torn tail");
  report_.tornBytes += content.tornBytes;
  report_.cutAt = {file().id, content.endOffset};
  parts_.events.note(ports::Severity::warning,
                     "log: torn tail of " + std::to_string(content.tornBytes) + " bytes cut at " +
                         pathOf(segmentName(file().id)) + ":" + std::to_string(content.endOffset));
}

// Whatever was waited for: goes on as far as it can.
void Replay::proceed() {
  if (step_ == Step::ending) return proceedEnding();
  if (step_ != Step::waiting || !readyToFreeze()) return;
  freeze();
  step_ = Step::inserting;
  reinsertion_.start(std::move(atHand_.bytes), std::move(atHand_.batches));
}

void Replay::onReinserted(Status status) {
  if (!status && reinsertion_.hasStoreFailed()) return failOfStore(status.error());
  if (!status)
    return finish(
        Error{status.error().kind, pathOf(segmentName(file().id)) + ": " + status.error().message});
  unfrozen_ = atHand_.end;
  ++reading_;
  readNext();
}

// Damage must be on record before the applied position may pass it: the file is not read again.
bool Replay::readyToFreeze() {
  if (damageMarked_ < report_.damage.size()) markDamage();
  return !marking_ && (!unfrozen_ || parts_.tables.frozen() < options_.frozenTablesMax);
}

void Replay::freeze() {
  if (!unfrozen_) return;
  parts_.tables.freeze(*unfrozen_);
  unfrozen_.reset();
  fedAny_ = true;
  parts_.feeder.feed();
}

void Replay::markDamage() {
  std::string directory = quarantineDirectory(options_.owner.shard);
  marking_ = true;
  ++awaited_;
  parts_.disk.makeDirectory(expect(Word::marked), *this, directory);
  for (; damageMarked_ < report_.damage.size(); ++damageMarked_) {
    const Damage& damage = report_.damage[damageMarked_];
    std::string name = damage.file.substr(damage.file.rfind('/') + 1);
    std::uint64_t id = segmentOfName(name).value_or(0);
    ++awaited_;
    parts_.disk.replace(expect(Word::marked), *this, directory + "/" + markName(id),
                        damage.reason + "\n");
  }
}

void Replay::beginEnding() {
  step_ = Step::ending;
  FoundSegments found;
  found.nextId = last_.id + 1;
  for (const SegmentFile& unused : unused_)
    if (unused.id > found.nextId) found.unused.push_back(unused.id);
  found.closed = std::move(closed_);
  found.spares = std::move(plan_.spares);
  parts_.segments.start(std::move(found));
  proceed();
}

void Replay::proceedEnding() {
  if (!readyToFreeze() || !parts_.segments.hasReady()) return;
  freeze();
  if (!parts_.tables.allFed()) return;
  step_ = Step::flushing;
  if (fedAny_) return parts_.checkpoint.flush();
  parts_.checkpoint.look();  // what the store holds already, the log may drop
  moveDamaged();
}

void Replay::onSegmentsChanged() {
  if (step_ == Step::ending && !parts_.segments.makeable())
    return finish(parts_.segments.makeable());
  proceed();
}

void Replay::onPersisted(LogPosition applied, bool flushed) {
  if (step_ != Step::flushing || !flushed) return;
  if (applied.segment < last_.id)
    return failOfStore({ErrorKind::corrupt,
                        "the store has lost its applied position after a flush: it stands at " +
                            toString(applied)});
  moveDamaged();
}

void Replay::onStoreFailed(const Error& error) {
  if (step_ != Step::done) failOfStore(error);
}

void Replay::moveDamaged() {
  step_ = Step::moving;
  std::string directory = quarantineDirectory(options_.owner.shard);
  for (std::uint64_t id : damaged_) {
    ++awaited_;
    std::string name = segmentName(id);
    parts_.disk.rename(expect(Word::moved), *this, pathOf(name), directory + "/" + name);
  }
  if (awaited_ == 0) finish({});
}

void Replay::finish(const Status& status) {
  step_ = Step::done;
  report_.records = reinsertion_.records();
  report_.recoveredTo = {last_.id, last_.end};
  report_.highest = parts_.fence.highest();
  report_.micros = (parts_.clock.now() - began_).micros;
  sink_.onReplayed(status, std::move(report_), last_);
}

void Replay::failOfStore(const Error& error) {
  report_.ofStore = true;
  finish(error);
}

OpId Replay::expect(Word word) {
  OpId op{++lastOp_};
  words_.emplace(op, word);
  return op;
}

std::string Replay::pathOf(const std::string& name) const {
  return logDirectory(options_.owner.shard) + "/" + name;
}

}  // namespace henge::storage
