#include "tests/proofs/crash/shard_process.h"

#include <algorithm>
#include <utility>

#include "server/storage/store_keys.h"
#include "tests/proofs/crash/rocks_files.h"

namespace henge::proofs {

namespace {

constexpr std::size_t pageRecords = 1000;
constexpr std::size_t pageBytes = 8 << 20;

engine::EngineOptions engineOptions(const ProcessOptions& options, kit::FakeFiles& files) {
  engine::EngineOptions engine;
  engine.directory = options.directory + "/store";
  engine.cacheBytes = 1 << 20;
  engine.memtableBytes = options.memtableBytes;
  engine.readers = 1;
  engine.fileSystem = rocksFilesOn(files, options.directory);
  return engine;
}

}  // namespace

ShardProcess::ShardProcess(ProcessOptions options, kit::FakeFiles& files, Recorder* recorder)
    : options_(std::move(options)),
      files_(files),
      recorder_(recorder),
      turns_(options_.seed),
      commitDisk_(files, loop_, loop_, 40_us),
      sideDisk_(files, loop_, loop_, 60_us) {
  commitDisk_.goStepByStep();
  sideDisk_.goStepByStep();
  files_.setWatch(recorder_);
}

ShardProcess::~ShardProcess() {
  rocks_.reset();
  files_.setWatch(nullptr);
}

void ShardProcess::follow(std::vector<Record> appended, std::vector<LogPosition> ends) {
  follows_ = true;
  appended_ = std::move(appended);
  ends_ = std::move(ends);
}

Status ShardProcess::open() {
  if (recorder_ != nullptr) {
    Event event;
    event.kind = Event::Kind::started;
    recorder_->note(std::move(event));
  }
  if (Status opened = openEngine(); !opened) return opened;
  shard_ = std::make_unique<storage::ShardStorage>(
      options_.storage, static_cast<ports::StorageSink&>(*this),
      storage::StorageEnvironment{commitDisk_, sideDisk_, *engine_, loop_, loop_, *this, *this,
                                  *this});
  shard_->open(*this);
  if (!await(opened_)) return Error{ErrorKind::io, fatal_.value_or("the start never ended")};
  return openStatus_;
}

// The store's directory is made as the engine makes it on a real disk.
Status ShardProcess::openEngine() {
  if (!files_.list("store").ok()) {
    if (Status made = files_.makeDirectory("store"); !made) return made;
    files_.syncDirectory("");
  }
  auto rocks = engine::RocksStore::open(engineOptions(options_, files_), inbox_.post());
  if (!rocks) return rocks.error();
  rocks_ = std::move(*rocks);
  engine_.emplace(*rocks_, options_.storeBug);
  rocks_->getPersisted(OpId{++lastOp_}, *this, storage::appliedKey(0));
  while (!positionRead_) inbox_.pump();
  return openStatus_;
}

void ShardProcess::onStore(OpId, ports::StoreResult result) {
  positionRead_ = true;
  openStatus_ = result.status;
  if (!result.value) return;
  auto position = storage::decodeApplied(*result.value);
  if (position)
    appliedAtStart_ = *position;
  else
    openStatus_ = position.error();
}

bool ShardProcess::await(const bool& done) {
  while (!done && !fatal_)
    if (!step()) return false;
  return done;
}

// While the engine works the clock does not run ahead of it: one or the other is next, by lot.
bool ShardProcess::step() {
  if (inbox_.pumpIfAny()) return noteSynced(), true;
  if (engine_->underWay() > 0 && (loop_.idle() || turns_.oneIn(3))) {
    inbox_.pump();
    return noteSynced(), true;
  }
  const bool stepped = loop_.step();
  noteSynced();
  return stepped;
}

void ShardProcess::stepsFor(Duration span) {
  const MonoTime end = loop_.now() + span;
  while (loop_.now() < end && !fatal_ && step()) {
  }
}

bool ShardProcess::write(const Record& record) {
  const OpId op{++lastOp_};
  if (!shard_->admit(op, record.kind, record.bytes())) return false;
  ports::Look look = shard_->lookForWrite(op, record);
  writing_.emplace(op, record);
  if (!look.later) continueWrite(op, look.held);
  return true;
}

void ShardProcess::continueWrite(OpId op, const std::optional<Record>& held) {
  Record record = writing_.at(op);
  if (held && !isNewer(record, *held)) {
    writing_.erase(op);
    shard_->abandon(op);
    return promise(record.key, held->version);
  }
  places_[op] = appended_.size();
  appended_.push_back(record);
  if (recorder_ != nullptr) {
    Event event;
    event.kind = Event::Kind::appended;
    event.number = appended_.size();
    recorder_->note(std::move(event));
  }
  shard_->append(op, std::move(record));
}

void ShardProcess::onLooked(OpId op, Result<std::optional<Record>> held) {
  if (!writing_.contains(op)) return;
  if (held) return continueWrite(op, *held);
  fatal_ = held.error().message;
}

// Answers come in the order of the appends.
void ShardProcess::onAppended(OpId op, ports::AppendOutcome outcome) {
  const Record record = writing_.extract(op).mapped();
  if (places_.extract(op).mapped() != ends_.size()) fatal_ = "answers came out of order";
  ends_.push_back(shard_->status().end);
  promise(record.key, outcome.applied ? record.version : outcome.held);
}

void ShardProcess::look(const Bytes& key) {
  const ports::Look look = shard_->lookForRead(OpId{++lastOp_}, key);
  if (!look.later && look.held) promise(key, look.held->version);
}

void ShardProcess::promise(const Bytes& key, Version version) {
  if (recorder_ == nullptr || options_.storage.logSync != storage::LogSync::always) return;
  Event event;
  event.kind = Event::Kind::promised;
  event.path = key;
  event.version = version;
  recorder_->note(std::move(event));
}

void ShardProcess::noteSynced() {
  if (recorder_ == nullptr || !opened_ || !openStatus_.ok()) return;
  const LogPosition synced = shard_->status().synced;
  while (syncedCount_ < ends_.size() && ends_[syncedCount_] <= synced) ++syncedCount_;
  if (synced == synced_) return;
  synced_ = synced;
  Event event;
  event.kind = Event::Kind::synced;
  event.number = syncedCount_;
  event.at = synced;
  recorder_->note(std::move(event));
}

void ShardProcess::onOpened(Status status, storage::OpenReport report) {
  opened_ = true;
  openStatus_ = std::move(status);
  report_ = std::move(report);
  if (openStatus_.ok() && follows_) takeOver();
  if (recorder_ == nullptr || !openStatus_.ok()) return;
  Event event;
  event.kind = Event::Kind::recovered;
  event.number = ends_.size();
  event.at = report_.recoveredTo;
  recorder_->note(std::move(event));
}

// What the one before had handed to the log and not written is gone, and never was.
void ShardProcess::takeOver() {
  const auto held = std::upper_bound(ends_.begin(), ends_.end(), appliedAtStart_) - ends_.begin();
  const std::size_t count = static_cast<std::size_t>(held) + report_.records;
  if (count < ends_.size() || count > appended_.size()) {
    fatal_ = "a start after a kill found other records than there were";
    return;
  }
  appended_.resize(count);
  ends_.resize(count, report_.recoveredTo);
  synced_ = report_.recoveredTo;
  syncedCount_ = count;
}

Result<std::vector<Record>> ShardProcess::scanAll() {
  std::vector<Record> all;
  Bytes next;
  do {
    paged_ = false;
    shard_->scan(OpId{++lastOp_}, *this, next, "", pageRecords, pageBytes);
    if (!await(paged_)) return Error{ErrorKind::io, fatal_.value_or("a scan never ended")};
    if (!page_) return page_.error();
    for (Record& record : *page_) {
      if (!all.empty() && record.key <= all.back().key)
        return Error{ErrorKind::corrupt, "the scan shows " + record.key + " out of order"};
      all.push_back(std::move(record));
    }
    if (more_) next = all.back().key + '\0';
  } while (more_);
  return all;
}

void ShardProcess::onScanned(OpId, Result<std::vector<Record>> page, bool more) {
  paged_ = true;
  page_ = std::move(page);
  more_ = more;
}

void ShardProcess::fatal(ports::ExitCode, const std::string& reason) { fatal_ = reason; }

}  // namespace henge::proofs
