#include "tests/proofs/io/life.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <optional>
#include <unistd.h>

#include "server/engine/rocks_store.h"
#include "server/node/node.h"
#include "server/runtime/loop.h"
#include "server/runtime/posix_disk.h"
#include "server/runtime/process_fatal.h"
#include "server/storage/shard_storage.h"

namespace henge::proofs {

namespace {

using ports::ExitCode;

constexpr std::uint32_t inFlightMax = 6;
constexpr int attemptsMax = 40;  // of one write, 2 ms apart
constexpr Duration patience = 500_ms;
constexpr std::uint64_t giveUp = 1;                   // a timer's token
constexpr std::uint32_t lastRecord = recordsMax - 1;  // kept for look()

Record recordOf(std::uint32_t number) {
  Record record;
  record.key = "key" + std::to_string(number % 40);
  record.version = {static_cast<std::int64_t>(number) + 1, 7};
  record.value = Bytes(300 + number * 7, static_cast<char>('a' + number % 26));
  return record;
}

storage::StorageOptions storageOptions() {
  storage::StorageOptions options;
  options.owner = {ClusterId{0xc1}, DirectoryId{0xd1}, 0};
  options.segmentBytes = 6 << 10;
  options.segmentAgeMax = 60_s;
  options.markDelay = 1_ms;
  options.logBytesMax = 18 << 10;
  options.feedBatchBytesMax = 2 << 10;
  options.sparesMax = 1;
  options.ballastBytes = 0;
  options.diskFullRetry = 3_ms;
  options.spaceSeenEvery = 3_ms;
  return options;
}

engine::EngineOptions engineOptions(const std::string& directory) {
  engine::EngineOptions options;
  options.directory = directory + "/store";
  options.cacheBytes = 1 << 20;
  options.memtableBytes = 64 << 10;
  options.readers = 1;
  options.backgroundJobs = 1;
  return options;
}

// The wiring of a node's storage, without the node. It plays one list of steps.
class Shard final : private ports::StorageSink,
                    private ports::StorageFaults,
                    private ports::Events,
                    private ports::TimerSink,
                    private storage::OpenSink,
                    private storage::DrainSink {
 public:
  Shard(LifeSpan span, bool isLook, Told& told)
      : span_(span), isLook_(isLook), told_(told), next_(span.from) {}

  int run(const std::string& directory) {
    for (auto* disk : {&commitDisk_, &sideDisk_}) {
      auto opened = runtime::PosixDisk::open(loop_, directory);
      if (!opened) return stopped(opened.error());
      *disk = std::move(*opened);
    }
    auto store = engine::RocksStore::open(
        engineOptions(directory),
        [this](std::function<void()> work) { loop_.post(std::move(work)); });
    if (!store) return stopped(store.error());
    store_ = std::move(*store);
    shard_ = std::make_unique<storage::ShardStorage>(
        storageOptions(), static_cast<ports::StorageSink&>(*this),
        storage::StorageEnvironment{*commitDisk_, *sideDisk_, *store_, loop_, loop_, fatal_, *this,
                                    *this});
    shard_->open(*this);
    loop_.run();
    return exitCode_;
  }

 private:
  struct Read {
    std::uint32_t atLeast = 0;  // the number of a record that was acknowledged
  };

  int stopped(const Error& error) {
    told_.stoppedByName = !error.message.empty();
    return static_cast<int>(node::exitCodeOf(error.kind));
  }

  void onOpened(Status status, storage::OpenReport report) override {
    if (!status) return end(stopped(status.error()));
    for (const LogDamage& damage : report.damage) {
      told_.damaged = true;
      // Of the log nothing is damaged by a call that failed; what RocksDB cannot read may be.
      if (damage.file != "store") told_.say("damage: " + damage.reason);
    }
    if (isLook_) return readAll();
    loop_.wakeAt(loop_.now() + patience, *this, giveUp);
    writeNext();
  }

  // Several at once, so that batches have more than one record.
  void writeNext() {
    while (next_ < span_.to && writing_.size() < inFlightMax) {
      const std::uint32_t number = next_;
      const Record record = recordOf(number);
      const OpId op{++lastOp_};
      if (!shard_->admit(op, record.kind, record.bytes())) {
        if (++attempts_ <= attemptsMax) return retry();
        ++told_.refused;
        attempts_ = 0;
        ++next_;
        continue;
      }
      attempts_ = 0;
      ++next_;
      writing_.emplace(op, number);
      const ports::Look look = shard_->lookForWrite(op, record);
      if (!look.later) compared(op, look.held);
    }
    if (next_ == span_.to && writing_.empty() && !reading_) readAll();
  }

  void retry() {
    if (waiting_) return;
    waiting_ = true;
    loop_.wakeAt(loop_.now() + 2_ms, *this, 0);
  }
  void onTimer(std::uint64_t token) override {
    if (token == giveUp) return stopWaiting();
    waiting_ = false;
    writeNext();
  }
  // As clients do: what has no answer by now has an unknown outcome.
  void stopWaiting() {
    if (reading_) return;
    told_.unanswered = static_cast<std::uint32_t>(writing_.size()) + span_.to - next_;
    readAll();
  }

  void compared(OpId op, const std::optional<Record>& held) {
    Record record = recordOf(writing_.at(op));
    if (!held || isNewer(record, *held)) return shard_->append(op, std::move(record));
    told_.say(record.key + " held something newer than was ever written");
  }

  void onLooked(OpId op, Result<std::optional<Record>> held) override {
    if (const auto read = reads_.find(op); read != reads_.end()) {
      const Read asked = read->second;
      reads_.erase(read);
      judge(asked, held);
      return readsEnded();
    }
    if (held) return compared(op, *held);
    shard_->abandon(op);
    writing_.erase(op);
    ++told_.refused;
    writeNext();
  }

  void onAppended(OpId op, ports::AppendOutcome) override {
    told_.acknowledged[writing_.at(op)] = true;
    if (span_.endsWithSync && told_.failed)
      told_.say("acknowledged after a failed sync of the log");
    writing_.erase(op);
    if (isLook_) return end(0);
    if (!reading_) writeNext();
  }

  void readAll() {
    reading_ = true;
    for (std::uint32_t key = 0; key < 40; ++key) {
      Read read;
      for (std::uint32_t number = key; number < lastRecord; number += 40) {
        if (told_.acknowledged[number]) read.atLeast = number + 1;
      }
      const OpId op{++lastOp_};
      const ports::Look look = shard_->lookForRead(op, recordOf(key).key);
      if (look.later)
        reads_.emplace(op, read);
      else
        judge(read, look.held);
    }
    readsEnded();
  }

  void judge(const Read& read, const Result<std::optional<Record>>& held) {
    if (!held) {
      if (isLook_) told_.say("cannot be read: " + held.error().message);
      return;  // said by name
    }
    if (!*held) {
      if (read.atLeast > 0) told_.say("record " + std::to_string(read.atLeast - 1) + " is lost");
      return;
    }
    const auto number = static_cast<std::uint32_t>((*held)->version.timestamp - 1);
    if (number + 1 < read.atLeast)
      told_.say("record " + std::to_string(read.atLeast - 1) + " is lost, " +
                std::to_string(number) + " is in its place");
    if (**held != recordOf(number)) told_.say("record " + std::to_string(number) + " is not whole");
  }

  void readsEnded() {
    if (!reads_.empty()) return;
    if (isLook_) return writeOne();
    if (span_.drains) return shard_->drain(*this);
    ::_exit(0);
  }

  // A clean start takes writes.
  void writeOne() {
    const Record record = recordOf(lastRecord);
    const OpId op{++lastOp_};
    if (Status status = shard_->admit(op, record.kind, record.bytes()); !status) {
      told_.say("no write is taken: " + status.error().message);
      return end(0);
    }
    writing_.emplace(op, lastRecord);
    const ports::Look look = shard_->lookForWrite(op, record);
    if (!look.later) compared(op, look.held);
  }

  void onDrained(Status status) override { end(status ? 0 : stopped(status.error())); }
  void end(int code) {
    exitCode_ = code;
    loop_.stop();
  }

  void onStoreDamaged(const std::string&) override { told_.damaged = true; }
  void note(ports::Severity, const std::string&) override {}

  const LifeSpan span_;
  const bool isLook_;
  Told& told_;
  runtime::Loop loop_;
  std::unique_ptr<runtime::PosixDisk> commitDisk_;
  std::unique_ptr<runtime::PosixDisk> sideDisk_;
  runtime::ProcessFatal fatal_{
      [this](ExitCode, const std::string& reason) { told_.stoppedByName = !reason.empty(); }};
  std::unique_ptr<engine::RocksStore> store_;
  std::unique_ptr<storage::ShardStorage> shard_;

  std::uint32_t next_;
  int attempts_ = 0;
  bool waiting_ = false;
  bool reading_ = false;
  std::uint64_t lastOp_ = 0;
  std::map<OpId, std::uint32_t> writing_;  // to the record's number
  std::map<OpId, Read> reads_;
  int exitCode_ = 0;
};

}  // namespace

void Told::say(const std::string& what) {
  if (wrong[0] != '\0') return;
  std::strncpy(wrong.data(), what.c_str(), wrong.size() - 1);
}

int live(const std::string& directory, const LifeSpan& span, Told& told) {
  return Shard(span, false, told).run(directory);
}

void look(const std::string& directory, Told& told) {
  told.acknowledged[lastRecord] = false;
  const int code = Shard({}, true, told).run(directory);
  if (code != 0) told.say("a clean start ended with " + std::to_string(code));
  if (told.damaged) told.say("a clean start found the store damaged");
  if (!told.acknowledged[lastRecord]) told.say("a clean start took no write");
}

}  // namespace henge::proofs
