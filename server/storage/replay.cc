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

}  // namespace

Replay::Replay(const StorageOptions& options, ReplayParts parts, ReplaySink& sink)
    : options_(options),
      parts_(parts),
      sink_(sink),
      quarantine_(options, parts.disk, parts.events, *this),
      reinsertion_(options, parts.tables, parts.lookups, *this),
      fenceScan_(options, parts.store, parts.fence, *this) {}

void Replay::start() {
  std::uint32_t shard = options_.owner.shard;
  began_ = parts_.clock.now();
  awaited_ = 6;
  parts_.disk.makeDirectory(expect(Word::made), *this, "log");
  parts_.disk.makeDirectory(expect(Word::made), *this, logDirectory(shard));
  quarantine_.read();
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
  if (!result.status) return word == Word::held ? goWithout(result.status) : finish(result.status);
  switch (word) {
    case Word::listed:
      entries_ = std::move(result.entries);
      [[fallthrough]];
    case Word::made:
      return prepared();
    case Word::held:
      judge_->judgeLastHeld(result.bytes);
      sayDamage();
      return readNext();
    case Word::header:
      successor_ = headerInUse(result.bytes, options_.owner, judge_->file().id + 1);
      return;
    case Word::segment:
      return judge(std::move(result.bytes));
    case Word::removed:
    case Word::synced:
      return;
  }
}

// The store holds all of that segment: what cannot be read there loses nothing.
void Replay::goWithout(const Status& read) {
  parts_.events.note(
      ports::Severity::warning,
      "log: a segment that the store holds whole cannot be read, and is not needed: " +
          read.error().message);
  readNext();
}

void Replay::onQuarantine(Status status) {
  if (step_ == Step::done) return;
  if (!status) return finish(status);
  if (step_ == Step::preparing) return prepared();
  if (step_ == Step::moving) return finish({});
  proceed();
}

void Replay::prepared() {
  if (--awaited_ > 0) return;
  if (Status status = readMetadata(); !status) return failOfStore(status.error());
  trial_ = options_.onLogDamage == OnLogDamage::stop;
  judgeFromTheBeginning();
}

Status Replay::readMetadata() {
  if (const auto& value = metadata_[appliedOp].value) {
    Result<LogPosition> applied = decodeApplied(*value);
    if (!applied) return applied.error();
    applied_ = *applied;
  }
  if (const auto& value = metadata_[fenceOp].value) {
    Result<Fence> fence = decodeFence(*value);
    if (!fence) return fence.error();
    parts_.fence = *fence;
  }
  return {};
}

void Replay::judgeFromTheBeginning() {
  judge_.emplace(options_, entries_, applied_);
  sayDamage();
  if (!trial_) plan();
  const SegmentFile* held = judge_->lastHeld();
  if (held == nullptr || quarantine_.isNoted(held->id)) return readNext();
  parts_.disk.read(expect(Word::held), *this, pathOf(segmentName(held->id)), 0, held->bytes);
}

void Replay::plan() {
  const ReplayPlan& plan = judge_->plan();
  progress_ = ReplayProgress(plan.toRead.size(), judge_->bytesToRead(), began_);
  for (const std::string& name : plan.refuse)
    parts_.disk.remove(expect(Word::removed), *this, pathOf(name));
  for (const SegmentFile& old : plan.old) {
    // Noted as damaged by a start that was interrupted before it could move it away.
    if (quarantine_.isNoted(old.id))
      toSetAside_.push_back(old.id);
    else
      old_.push_back({std::min(LogPosition{old.id, old.bytes}, applied_), old.bytes});
  }
}

void Replay::readNext() {
  if (judge_->done()) return trial_ ? endTrial() : beginEnding();
  step_ = Step::reading;
  successor_.reset();
  const SegmentFile& file = judge_->file();
  if (judge_->hasSuccessor())
    parts_.disk.read(expect(Word::header), *this, pathOf(segmentName(file.id + 1)), 0,
                     segmentHeaderBytes);
  // A process that was killed may have left what was never synced: the store's position must not
  // come to lie beyond what is surely on the disk.
  const std::string path = pathOf(segmentName(file.id));
  parts_.disk.sync(expect(Word::synced), *this, path);
  parts_.disk.read(expect(Word::segment), *this, path, 0, file.bytes);
}

void Replay::judge(Bytes bytes) {
  atHand_.file = judge_->file();
  Result<JudgedSegment> judged = judge_->judge(bytes, successor_);
  if (!judged) return finish(judged.error());
  if (trial_) {
    judge_->judgeEntries(judged->content);
    sayDamage();
    return readNext();
  }
  sayDamage();
  if (judged->content.tornBytes > 0) sayTorn(judged->content, pathOf(segmentName(atHand_.file.id)));
  if (judged->content.end == SegmentEnd::unused) {
    segmentDone();
    return readNext();
  }
  if (++report_.segments > 1) probe("replay: several segments");
  atHand_.bytes = std::move(bytes);
  atHand_.batches = std::move(judged->content.batches);
  atHand_.end = judged->end;
  step_ = Step::waiting;
  proceed();
}

void Replay::endTrial() {
  if (judge_->damage().empty()) {
    trial_ = false;
    return judgeFromTheBeginning();
  }
  std::string places;
  for (const LogDamage& damage : judge_->damage()) places += toString(damage) + ". ";
  finish(Error{
      ErrorKind::corrupt,
      places + "--on_log_damage is stop: nothing was changed. Put the right directory back if "
               "there is one; or start with --on_log_damage=quarantine: what is damaged is kept "
               "aside, and the node does not vote until an operator accepts the loss "
               "(docs/operations.md)"});
}

void Replay::sayDamage() {
  for (; damageSaid_ < judge_->damage().size(); ++damageSaid_) {
    probe("replay: damage");
    parts_.events.note(ports::Severity::error, "log: " + toString(judge_->damage()[damageSaid_]));
  }
}

void Replay::sayTorn(const SegmentContent& content, const std::string& path) {
  probe("replay: a torn tail");
  parts_.events.note(ports::Severity::warning,
                     "log: torn tail of " + std::to_string(content.tornBytes) + " bytes cut at " +
                         path + ":" + std::to_string(content.endOffset));
}

// Whatever was waited for: goes on as far as it can.
void Replay::proceed() {
  if (step_ == Step::ending) return proceedEnding();
  if (step_ != Step::waiting || !readyToFreeze()) return;
  freeze();
  step_ = Step::inserting;
  reinsertion_.start(std::move(atHand_.bytes), std::move(atHand_.batches));
}

// Also after the end: a store that fails is told first, then what a look-up got from it.
void Replay::onReinserted(Status status) {
  if (step_ == Step::done) return;
  if (!status && reinsertion_.hasStoreFailed()) return failOfStore(status.error());
  if (!status)
    return finish(Error{status.error().kind,
                        pathOf(segmentName(atHand_.file.id)) + ": " + status.error().message});
  if (const auto& batch = reinsertion_.unreadable()) {
    judge_->addUnreadable(batch->offset, batch->reason);
    sayDamage();
  }
  unfrozen_ = atHand_.end;
  segmentDone();
  readNext();
}

void Replay::segmentDone() {
  const auto line =
      progress_.segmentDone(atHand_.file.bytes, reinsertion_.records(), parts_.clock.now());
  if (line) parts_.events.note(ports::Severity::info, "log: " + *line);
}

// Damage must be on record before the applied position may pass it: the file is not read again. And
// nothing may pass a fence that is too low.
bool Replay::readyToFreeze() {
  while (damageNoted_ < judge_->damage().size()) quarantine_.note(judge_->damage()[damageNoted_++]);
  if (fenceIs_ == FenceIs::kept && fenceIsInDoubt()) {
    fenceIs_ = FenceIs::scanned;
    parts_.events.note(ports::Severity::info, "log: reads the whole store for its versions");
    fenceScan_.start();
  }
  return fenceIs_ != FenceIs::scanned && !quarantine_.busy() &&
         (!unfrozen_ || parts_.tables.frozen() < options_.frozenTablesMax);
}

// Tables are fed in order: only the segment behind the store's position can have been fed in part.
bool Replay::fenceIsInDoubt() const {
  const auto& damage = judge_->damage();
  return std::any_of(damage.begin(), damage.end(), [this](const LogDamage& one) {
    const std::string name = one.file.substr(one.file.rfind('/') + 1);
    return segmentOfName(name).value_or(0) <= applied_.segment + 1;
  });
}

void Replay::onFenceScanned(Status status) {
  if (step_ == Step::done) return;
  if (!status) return finish(status);
  fenceIs_ = FenceIs::raised;
  fedAny_ = true;  // the fence, at least: it must be persisted
  proceed();
}

void Replay::freeze() {
  if (!unfrozen_) return;
  parts_.tables.freeze(*unfrozen_);
  unfrozen_.reset();
  fedAny_ = true;
  parts_.feeder.feed();
}

void Replay::beginEnding() {
  step_ = Step::ending;
  FoundSegments found;
  found.nextId = judge_->last().id + 1;
  for (const SegmentFile& unused : judge_->unused())
    if (unused.id > found.nextId) found.unused.push_back(unused.id);
  found.closed = std::move(old_);
  found.closed.insert(found.closed.end(), judge_->closed().begin(), judge_->closed().end());
  found.spares = judge_->plan().spares;
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
  if (applied.segment < judge_->last().id)
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
  for (std::uint64_t id : toSetAside_) quarantine_.setAside(id);
  for (std::uint64_t id : judge_->damaged()) quarantine_.setAside(id);
  if (!quarantine_.busy()) finish({});
}

void Replay::finish(const Status& status) {
  step_ = Step::done;
  report_.records = reinsertion_.records();
  report_.unaccepted = quarantine_.damage();
  report_.quarantined = quarantine_.files();
  Predecessor last;
  if (judge_) {
    report_.damage = judge_->damage();
    report_.tornBytes = judge_->tornBytes();
    report_.cutAt = judge_->cutAt();
    last = judge_->last();
  }
  report_.recoveredTo = {last.id, last.end};
  report_.highest = parts_.fence.highest();
  report_.micros = (parts_.clock.now() - began_).micros;
  sink_.onReplayed(status, std::move(report_), last);
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
