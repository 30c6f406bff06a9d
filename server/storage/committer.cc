#include "server/storage/committer.h"

#include <cassert>
#include <utility>

#include "core/rehearsal.h"
#include "server/storage/batch_payload.h"
#include "server/storage/hint_codec.h"
#include "server/storage/record_codec.h"

namespace henge::storage {

Committer::Committer(const StorageOptions& options, CommitEnvironment environment,
                     Segments& segments, CommitSink& sink)
    : options_(options),
      environment_(environment),
      segments_(segments),
      sink_(sink),
      pendingBatch_(batchHeaderBytes, '\0') {
  if (options_.logCompression == LogCompression::zstd) compressor_.emplace();
}

void Committer::start(Predecessor predecessor) {
  assert(!started_);
  started_ = true;
  predecessor_ = predecessor;
  synced_ = {predecessor.id, predecessor.end};
}

LogPosition Committer::end() const {
  if (open_) return {open_->id, open_->offset};
  return {predecessor_.id, predecessor_.end};
}

// What comes in one round of the loop goes into one batch: no waiting, for the round ends anyway.
void Committer::append(OpId op, Record record) {
  if (dead_) return;
  std::size_t bytes = entryBytes(record);
  appendEntry(pendingBatch_, record);
  enqueue({op, std::move(record), bytes, std::nullopt});
}

void Committer::append(HintEntry entry) {
  if (dead_) return;
  std::size_t bytes = entryBytes(entry);
  appendEntry(pendingBatch_, entry);
  enqueue({{}, {}, bytes, std::move(entry)});
}

void Committer::enqueue(Append append) {
  assert(started_);
  pending_.push_back(std::move(append));
  if (kickComing_ || step_ != Step::idle) return;
  kickComing_ = true;
  environment_.timers.atRoundEnd(*this, wakeKick);
}

void Committer::close() {
  closing_ = true;
  kick();
}

// Decides what is next. Everything that may have to be done is a flag, so that it does not matter
// which event comes first.
void Committer::kick() {
  if (!started_ || dead_ || step_ != Step::idle) return;
  if (rollDue_ && open_ && segments_.hasReady()) return startRoll();
  if (!pending_.empty()) {
    if (!open_ && !segments_.hasReady()) {
      probe("log: waits for a segment");
      return closing_ ? closeStep() : void();
    }
    if (!open_) openSegment();
    // A record that no segment is large enough for makes an empty one grow.
    if (open_->sequence == 0 || fits(pending_.front().bytes)) return startBatch();
    rollDue_ = true;
    if (segments_.hasReady()) return startRoll();
    return closing_ ? closeStep() : void();
  }
  if (syncDue_ && unsynced_) return startSync();
  if (markDue_ && !unsynced_) {
    markDue_ = false;
    if (open_ && unmarked_) return startMark();
  }
  if (closing_) closeStep();
}

// What waits for a segment that cannot be made is given up: nobody was told that it is kept.
void Committer::closeStep() {
  const Status makeable = segments_.makeable();
  const bool owed = open_ || !pending_.empty();
  if (owed && makeable) {
    rollDue_ = open_.has_value();
    if (rollDue_ && segments_.hasReady()) startRoll();
    return;
  }
  closing_ = false;
  sink_.onLogClosed(owed ? makeable : Status());
}

void Committer::openSegment() {
  ReadySegment ready = segments_.take();
  SegmentHeader header;
  header.owner = options_.owner;
  header.codec = options_.logCompression;
  header.recycled = ready.recycled;
  if (ready.recycled) probe("log: a segment is used again");
  header.id = ready.id;
  header.predecessor = predecessor_;
  header.syncedTo = synced_;
  open_ = Open();
  open_->id = ready.id;
  open_->path = ready.path;
  open_->header = encode(header);
  open_->checksum = checksumOfHeader(open_->header);
}

// Of the bytes before compression: a segment's table takes as much memory as they do.
bool Committer::fits(std::size_t entryBytesTotal) const {
  std::uint64_t need = open_->unpacked + batchHeaderBytes + entryBytesTotal + trailerBytesMax;
  return need <= options_.segmentBytes;
}

void Committer::startBatch() {
  std::size_t count = 1;
  std::size_t bytes = pending_.front().bytes;
  const bool alone = maybe("log: one record a batch");
  while (!alone && count < pending_.size() && fits(bytes + pending_[count].bytes))
    bytes += pending_[count++].bytes;
  bool first = open_->summary.entries == 0;
  Bytes batch = takePending(count);
  for (const Append& append : committing_)
    append.hint ? open_->summary.add(*append.hint) : open_->summary.add(append.record);
  if (first) wakeIn(options_.segmentAgeMax, wakeAge | open_->id << 2);
  step_ = Step::batch;
  unmarked_ = true;
  writeBatch(std::move(batch), static_cast<std::uint32_t>(count), BatchKind::entries);
  if (options_.logSync == LogSync::always) sync();
}

// Moves the first `count` appends to committing_ and returns the batch, its header still empty.
Bytes Committer::takePending(std::size_t count) {
  assert(committing_.empty());
  Bytes next(batchHeaderBytes, '\0');
  if (count == pending_.size()) {
    committing_.swap(pending_);
  } else {
    auto middle = pending_.begin() + static_cast<std::ptrdiff_t>(count);
    committing_.assign(std::make_move_iterator(pending_.begin()), std::make_move_iterator(middle));
    pending_.erase(pending_.begin(), middle);
    std::size_t taken = batchHeaderBytes;
    for (const Append& append : committing_) taken += append.bytes;
    next.append(pendingBatch_, taken);
    pendingBatch_.resize(taken);
  }
  pendingBatch_.swap(next);
  return next;
}

// One batch without entries: it says that everything before it was synced.
void Committer::startMark() {
  if (!fits(0)) {
    rollDue_ = true;
    if (segments_.hasReady()) startRoll();
    return;
  }
  probe("log: a mark alone");
  step_ = Step::mark;
  unmarked_ = false;
  writeBatch(Bytes(batchHeaderBytes, '\0'), 0, BatchKind::entries);
  sync();
}

void Committer::startRoll() {
  probe("log: a segment rolls");
  if (!pending_.empty()) probe("log: rolls with records waiting");
  step_ = Step::roll;
  rollDue_ = false;
  SegmentTrailer trailer;
  trailer.end = open_->offset + batchHeaderBytes + trailerPayloadBytes(open_->summary);
  trailer.checksum = open_->checksum;
  trailer.summary = open_->summary;
  Bytes batch(batchHeaderBytes, '\0');
  storage::append(batch, trailer);
  writeBatch(std::move(batch), 0, BatchKind::trailer);
  assert(endWritten_.offset == trailer.end);
  sync();
}

void Committer::startSync() {
  step_ = Step::sync;
  sync();
}

void Committer::writeBatch(Bytes batch, std::uint32_t count, BatchKind kind) {
  BatchHeader header;
  header.directory = options_.owner.directory;
  header.at = {open_->id, open_->offset};
  header.previous = open_->checksum;
  header.syncedTo = synced_;
  header.sequence = ++open_->sequence;
  header.count = count;
  header.kind = kind;
  open_->unpacked += batch.size();
  if (compressor_ && count > 0 && batch.size() <= options_.segmentBytes)
    header.codec = pack(batch, *compressor_);
  if (header.codec != LogCompression::none) probe("log: a batch is compressed");
  open_->checksum = seal(batch, header);
  endWritten_ = {open_->id, open_->offset + batch.size()};
  unsynced_ = true;
  ++awaited_;
  // One write, so that no failure leaves the batch without the header.
  const std::uint64_t offset = open_->offset - open_->header.size();
  batch.insert(0, std::exchange(open_->header, {}));
  environment_.disk.write(OpId{++lastOp_}, *this, open_->path, offset, std::move(batch));
}

void Committer::sync() {
  syncBegan_ = environment_.clock.now();
  ++awaited_;
  environment_.disk.sync(OpId{++lastOp_}, *this, open_->path);
}

void Committer::onDisk(OpId, ports::DiskResult result) {
  if (dead_) return;
  if (!result.status) {
    dead_ = true;
    environment_.fatal.fatal(ports::ExitCode::logFailed,
                             "a write or sync of the recovery log failed, what the disk holds is "
                             "not known any more: " +
                                 result.status.error().message);
    return;
  }
  assert(awaited_ > 0);
  if (--awaited_ == 0) onStepDone();
}

void Committer::onStepDone() {
  Step done = step_;
  bool synced = done != Step::batch || options_.logSync == LogSync::always;
  step_ = Step::idle;
  if (done != Step::sync) open_->offset = endWritten_.offset;
  if (synced) {
    ++syncs_;
    const std::int64_t took = (environment_.clock.now() - syncBegan_).micros;
    syncTimes_.add(static_cast<std::uint64_t>(took));
    synced_ = end();
    unsynced_ = syncDue_ = false;
  }
  if (done == Step::batch) onBatchDone();
  if (done == Step::roll) onRollDone();
  kick();
}

void Committer::onBatchDone() {
  lastWrite_ = environment_.clock.now();
  markDue_ = false;
  if (committing_.size() > 1) probe("log: one sync for several");
  if (maybe("log: roll early")) rollDue_ = true;
  armMark();
  if (options_.logSync == LogSync::periodic && !syncArmed_) {
    syncArmed_ = true;
    wakeIn(options_.syncPeriod, wakeSync);
  }
  records_ += committing_.size();
  std::vector<Append> batch;
  batch.swap(committing_);
  sink_.onCommitted(std::move(batch));
}

void Committer::onRollDone() {
  predecessor_ = {open_->id, open_->offset, open_->checksum};
  open_.reset();
  unmarked_ = false;
  segments_.close(synced_);
  sink_.onRolled(synced_);
}

void Committer::onTimer(std::uint64_t token) {
  if (dead_) return;
  switch (token & 3) {
    case wakeKick:
      kickComing_ = false;
      break;
    case wakeMark:
      onMarkTimer();
      break;
    case wakeSync:
      syncArmed_ = false;
      syncDue_ = true;
      break;
    default:
      if (open_ && open_->id == token >> 2) rollDue_ = true;
  }
  kick();
}

void Committer::armMark() {
  if (markArmed_ || options_.logSync == LogSync::off) return;
  markArmed_ = true;
  wakeIn(options_.markDelay, wakeMark);
}

void Committer::onMarkTimer() {
  markArmed_ = false;
  if (!unmarked_) return;
  MonoTime due = lastWrite_ + options_.markDelay;
  if (environment_.clock.now() < due) {
    markArmed_ = true;
    environment_.timers.wakeAt(due, *this, wakeMark);
    return;
  }
  markDue_ = true;
}

}  // namespace henge::storage
