#include "server/storage/shard_storage.h"

#include <algorithm>
#include <cassert>

#include "core/rehearsal.h"
#include "core/ring.h"
#include "server/storage/store_keys.h"

namespace henge::storage {

namespace {

constexpr std::uint64_t countedExactlyMax = 1000;

Error overloaded(const std::string& why) { return {ErrorKind::overloaded, why}; }

}  // namespace

std::string_view nameOf(LogSync sync) {
  switch (sync) {
    case LogSync::always:
      return "always";
    case LogSync::periodic:
      return "periodic";
    case LogSync::off:
      return "off";
  }
  return "?";
}

ShardStorage::ShardStorage(StorageOptions options, ports::StorageSink& sink,
                           StorageEnvironment environment)
    : options_(options),
      sink_(sink),
      store_(environment.store),
      fatal_(environment.fatal),
      events_(environment.events),
      faults_(environment.faults),
      garbage_(environment.clock, environment.timers),
      tables_(options.partitioner, &garbage_),
      writes_(pins_),
      lookups_(tables_, fence_, environment.store, options.partitioner),
      scans_(options_, tables_, pins_, environment.store),
      hintScans_(tables_, pins_, environment.store),
      segments_(options_,
                {environment.sideDisk, environment.clock, environment.timers, environment.fatal,
                 environment.events},
                *this),
      committer_(options_,
                 {environment.commitDisk, environment.clock, environment.timers, environment.fatal},
                 segments_, *this),
      feeder_(options_, tables_, fence_, pins_, environment.store, *this),
      checkpoint_(options_, environment.store, *this),
      replay_(options_,
              {environment.sideDisk, environment.store, environment.clock, environment.events,
               tables_, fence_, pins_, lookups_, feeder_, checkpoint_, segments_},
              *this),
      space_(options_,
             {environment.sideDisk, environment.clock, environment.timers, environment.events},
             *this),
      mending_(options_, {environment.sideDisk, environment.store, segments_}, *this) {}

void ShardStorage::open(OpenSink& sink) {
  assert(state_ == State::closed && opening_ == nullptr);
  store_.watch(this);
  state_ = State::opening;
  opening_ = &sink;
  replay_.start();
}

void ShardStorage::onReplayed(Status status, OpenReport report, Predecessor end) {
  const bool ofStore = report.ofStore && !status;
  if (ofStore && status.error().kind == ErrorKind::corrupt)
    return openDamaged(status.error(), std::move(report));
  state_ = status ? State::serving : State::closed;
  logOpen_ = status.ok();
  if (status) {
    committer_.start(end);
    space_.look();
  } else {
    store_.watch(nullptr);
  }
  opened_ = report;
  opening_->onOpened(std::move(status), std::move(report));
}

// Step 1 of a write: everything that could stand in its way later is refused now.
Status ShardStorage::admit(OpId op, RecordKind kind, std::uint64_t bytes) {
  if (state_ != State::serving) return notServing();
  space_.look();
  Status status = admitNow(bytes);
  if (status) status = space_.admit(kind, bytes);
  if (status) writes_.begin(op, bytes);
  return status;
}

Error ShardStorage::notServing() {
  return {ErrorKind::unavailable, "the storage is starting or stopping"};
}

Status ShardStorage::admitNow(std::uint64_t bytes) {
  if (storeState_ != StoreState::whole) return *storeError_;
  if (tables_.frozen() >= options_.frozenTablesMax) {
    probe("admit: too many frozen tables");
    return overloaded("frozenTablesMax: " + std::to_string(tables_.frozen()) +
                      " tables wait for the store");
  }
  if (logBytes() >= options_.logBytesHard()) {
    probe("admit: too much log");
    limitLog();
    return overloaded("logBytesMax: " + std::to_string(logBytes()) +
                      " bytes of log wait for the store's flush");
  }
  const std::uint64_t pending = writes_.bytes() + hintBytesPending_;
  if (pending > 0 && pending + bytes > options_.pendingBytesMax) {
    probe("admit: too much pending");
    return overloaded("pendingBytesMax: " + std::to_string(pending) + " bytes wait for the log");
  }
  if (!segments_.hasReady() && !segments_.makeable()) {
    probe("admit: no segment can be made");
    return segments_.makeable();
  }
  return {};
}

// Step 2. What is found here, or later in a table, is all that can be newer at step 5: the pin
// keeps every table that the store might answer for meanwhile.
ports::Look ShardStorage::lookForWrite(OpId op, const Record& record) {
  WriteOps::Op* write = writes_.find(op);
  assert(write != nullptr && !write->pin);
  write->pin = pins_.pin();
  ports::Look look = lookups_.forWrite(op, *this, record);
  if (look.later)
    write->record = record;
  else
    WriteOps::settle(*write, record, look.held);
  return look;
}

void ShardStorage::onFound(OpId op, LookFor purpose, Result<std::optional<Record>> held) {
  if (purpose == LookFor::write) {
    WriteOps::Op* write = writes_.find(op);
    if (write == nullptr || !write->record) return;  // abandoned
    if (held) WriteOps::settle(*write, *write->record, *held);
    write->record.reset();
  }
  sink_.onLooked(op, std::move(held));
}

// Steps 3 and 4 are the committer's.
void ShardStorage::append(OpId op, Record record) {
  WriteOps::Op* write = writes_.find(op);
  assert(write != nullptr && write->lookedUp && !write->appended);
  write->appended = true;
  committer_.append(op, std::move(record));
}

// Step 5 for the whole batch, then step 6: nobody is told of a part of it.
void ShardStorage::onCommitted(std::vector<Append> batch) {
  struct Answer {
    OpId op;
    ports::AppendOutcome outcome;
  };
  std::vector<Answer> answers;
  answers.reserve(batch.size());
  for (Append& append : batch) {
    if (append.hint) {
      insertHint(append);
      continue;
    }
    OpId op = append.op;
    bool owed = !writes_.find(op)->abandoned;
    ports::AppendOutcome outcome = insert(std::move(append));
    writes_.end(op);
    if (owed) answers.push_back({op, outcome});
  }
  tables_.dropFed(pins_);
  for (const Answer& answer : answers) sink_.onAppended(answer.op, answer.outcome);
  proceedDraining();
}

ports::AppendOutcome ShardStorage::insert(Append append) {
  const WriteOps::Op& write = *writes_.find(append.op);
  if (write.held) return {write.heldIsEqual, *write.held};
  return tables_.insertIfNewest(std::move(append.record));
}

// What is in the log must meet the tables, whether or not anybody still waits for it.
void ShardStorage::abandon(OpId op) {
  WriteOps::Op* write = writes_.find(op);
  assert(write != nullptr);
  if (write->appended) {
    write->abandoned = true;
    return;
  }
  writes_.end(op);
  tables_.dropFed(pins_);
  proceedDraining();
}

ports::Look ShardStorage::lookForRead(OpId op, BytesView key) {
  return lookups_.forRead(op, *this, key);
}

void ShardStorage::scan(OpId op, ports::ScanSink& sink, Bytes from, Bytes to,
                        std::size_t recordsMax, std::size_t bytesMax) {
  scans_.start(op, sink, std::move(from), std::move(to), recordsMax, bytesMax);
}

void ShardStorage::onRolled(LogPosition end) {
  if (checkpoint_.flushing()) probe("checkpoint: raced with a roll");
  tables_.freeze(end);
  limitLog();
  feeder_.feed();
}

void ShardStorage::onFed(LogPosition applied) {
  fedTo_ = applied;
  tables_.dropFed(pins_);
  limitLog();
  checkpoint_.look();
  replay_.onFed();
  proceedDraining();
}

// The store persists what it likes when it likes, until the log has grown too long, or space is
// short: what is persisted, the log may drop.
void ShardStorage::limitLog() {
  const bool due =
      logBytes() >= options_.logBytesMax || space_.isShort() || maybe("checkpoint: early");
  if (!due || checkpoint_.flushing()) return;
  probe("checkpoint: forced");
  checkpoint_.flush();
}

void ShardStorage::onPersisted(LogPosition applied, bool flushed) {
  segments_.dropTo(applied);
  if (flushed && applied < fedTo_) limitLog();  // fed while it was being flushed
  replay_.onPersisted(applied, flushed);
  if (state_ == State::draining && drainStep_ == DrainStep::flushing && flushed) drained({});
}

void ShardStorage::onSegmentsChanged() {
  replay_.onSegmentsChanged();
  committer_.onSegmentsChanged();
  proceedDraining();
}

void ShardStorage::drain(DrainSink& sink) {
  if (state_ == State::serving && !logOpen_) {
    state_ = State::closed;
    return sink.onDrained(*storeError_);
  }
  if (state_ != State::serving) return sink.onDrained({});
  state_ = State::draining;
  draining_ = &sink;
  proceedDraining();
}

void ShardStorage::proceedDraining() {
  if (state_ != State::draining) return;
  if (drainStep_ == DrainStep::writes && writes_.empty()) {
    drainStep_ = DrainStep::log;
    return committer_.close();  // may be closed inside the call, and all the rest done
  } else if (drainStep_ == DrainStep::writes && !segments_.hasReady()) {
    // What waits for a segment that cannot be made was promised to nobody.
    if (Status status = segments_.makeable(); !status) return drained(status);
  }
  const bool storing = drainStep_ == DrainStep::feeding || drainStep_ == DrainStep::flushing;
  if (storing && storeError_) return drained(*storeError_);  // the log has it, for the next start
  if (drainStep_ == DrainStep::feeding && tables_.allFed()) {
    drainStep_ = DrainStep::flushing;
    checkpoint_.flush();
  }
}

void ShardStorage::onLogClosed(Status status) {
  if (!status) return drained(status);
  drainStep_ = DrainStep::feeding;
  proceedDraining();
}

void ShardStorage::drained(const Status& status) {
  state_ = State::closed;
  store_.watch(nullptr);
  draining_->onDrained(status);
}

std::uint64_t ShardStorage::approximateRecords(const Bytes& from, const Bytes& to) const {
  const std::uint64_t inStore =
      store_.approximateEntries(dataKey(from), to.empty() ? dataEnd() : dataKey(to));
  const std::uint64_t inTables = tables_.recordsBetween(from, to);
  if (inTables > countedExactlyMax) return inStore + inTables;
  std::uint64_t onlyInTables = 0;
  Bytes next = from;
  for (std::uint64_t i = 0; i < countedExactlyMax; ++i) {
    Bytes at;
    if (tables_.findFrom(next, to, at) == nullptr) return inStore + onlyInTables;
    auto cached = store_.getCached(dataKey(at));
    bool held = cached && cached->has_value();
    if (!held) ++onlyInTables;
    next = std::move(at) + '\0';
  }
  return inStore + inTables;
}

ports::StorageStatus ShardStorage::status() const {
  ports::StorageStatus out;
  out.applied = checkpoint_.applied();
  out.synced = committer_.synced();
  out.end = committer_.end();
  out.segments = segments_.count();
  out.logBytes = logBytes();
  out.frozenTables = tables_.frozen();
  out.tableRecords = tables_.records();
  out.tableBytes = tables_.bytes();
  out.storeEntries = store_.approximateEntries();
  out.storeBytes = store_.approximateBytes();
  out.syncs = committer_.syncs();
  out.records = committer_.records();
  out.replayed = opened_.records;
  out.tornBytes = opened_.tornBytes;
  out.replayMicros = opened_.micros;
  out.freeBytes = space_.freeBytes();
  out.freeBytesNeeded = spaceNeed().forPuts();
  out.refusal = space_.refusal();
  if (storeState_ == StoreState::full) out.refusal = storeError_->message;
  return out;
}

}  // namespace henge::storage
