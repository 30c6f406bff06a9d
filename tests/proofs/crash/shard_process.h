// One life of a shard: the shipped log, tables and RocksDB on one disk in memory.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "server/engine/rocks_store.h"
#include "server/ports/events.h"
#include "server/ports/fatal.h"
#include "server/storage/shard_storage.h"
#include "tests/kit/fake_disk.h"
#include "tests/kit/virtual_loop.h"
#include "tests/proofs/crash/trace.h"
#include "tests/proofs/crash/watched_engine.h"
#include "tests/sim/chance.h"
#include "tests/unit/engine/store_bench.h"

namespace henge::proofs {

struct ProcessOptions {
  storage::StorageOptions storage;
  std::uint64_t memtableBytes = 64 << 10;
  std::string directory;   // a real one, for what RocksDB's own log says
  std::uint64_t seed = 1;  // of how disks and engine take turns
  StoreBug storeBug = StoreBug::none;
};

// Time is virtual, but the engine has threads: what it does and when differs from run to run, and
// the recorder knows what it was. Destruction is the death of the process: the engine's calls end,
// its memory is lost, the files stay as they are. Files and recorder outlive it.
class ShardProcess final : private ports::StorageSink,
                           private ports::ScanSink,
                           private ports::StoreSink,
                           private ports::Fatal,
                           private ports::Events,
                           private ports::StorageFaults,
                           private storage::OpenSink {
 public:
  // Recorder null: nobody watches.
  ShardProcess(ProcessOptions options, kit::FakeFiles& files, Recorder* recorder);
  // Of a process that died here, and left what it had written: what it appended and knew of it.
  // After open() the records that are there go on being appended() and ends().
  void follow(std::vector<Record> appended, std::vector<LogPosition> ends);
  ~ShardProcess() override;
  ShardProcess(const ShardProcess&) = delete;
  ShardProcess& operator=(const ShardProcess&) = delete;

  // The engine opens what is there, then the shard replays. An error: the start was refused, or it
  // ended the process.
  Status open();
  // Before open(): the applied position that the engine holds, as it was found.
  LogPosition appliedAtStart() const { return appliedAtStart_; }
  const storage::OpenReport& report() const { return report_; }

  // The whole way of a write; answered later. false: it was refused.
  bool write(const Record& record);
  // Shows what is held, if that is known at once.
  void look(const Bytes& key);
  // Everything that is held, in order; an error if a read fails or a key comes twice.
  Result<std::vector<Record>> scanAll();

  // One event of the disks, the clock or the engine. false: there is none.
  bool step();
  void stepsFor(Duration span);
  std::size_t unanswered() const { return writing_.size(); }
  std::uint64_t flushes() const { return engine_ ? engine_->flushes() : 0; }
  const std::optional<std::string>& fatalReason() const { return fatal_; }
  // What the log was given so far, in order.
  const std::vector<Record>& appended() const { return appended_; }
  // Where each ended in the log, of those that were answered: a beginning of appended().
  const std::vector<LogPosition>& ends() const { return ends_; }

 private:
  void onLooked(OpId op, Result<std::optional<Record>> held) override;
  void onAppended(OpId op, ports::AppendOutcome outcome) override;
  void onScanned(OpId op, Result<std::vector<Record>> page, bool more) override;
  void onStore(OpId op, ports::StoreResult result) override;
  void onOpened(Status status, storage::OpenReport report) override;
  void fatal(ports::ExitCode code, const std::string& reason) override;
  void note(ports::Severity, const std::string&) override {}
  void onStoreDamaged(const std::string& reason) override { fatal_ = reason; }

  Status openEngine();
  void takeOver();
  void continueWrite(OpId op, const std::optional<Record>& held);
  void promise(const Bytes& key, Version version);
  void noteSynced();
  bool await(const bool& done);

  const ProcessOptions options_;
  kit::FakeFiles& files_;
  Recorder* recorder_;
  sim::Chance turns_;
  kit::VirtualLoop loop_;
  engine::Inbox inbox_;
  kit::FakeDisk commitDisk_;
  kit::FakeDisk sideDisk_;
  std::unique_ptr<engine::RocksStore> rocks_;
  std::optional<WatchedEngine> engine_;
  std::unique_ptr<storage::ShardStorage> shard_;

  LogPosition appliedAtStart_;
  bool positionRead_ = false;
  bool follows_ = false;  // another process, and knows of it
  bool opened_ = false;
  Status openStatus_;
  storage::OpenReport report_;
  std::optional<std::string> fatal_;
  std::uint64_t lastOp_ = 0;
  std::map<OpId, Record> writing_;
  std::map<OpId, std::size_t> places_;  // in appended_
  std::vector<Record> appended_;
  std::vector<LogPosition> ends_;
  LogPosition synced_;
  std::size_t syncedCount_ = 0;
  bool paged_ = false;
  Result<std::vector<Record>> page_ = std::vector<Record>();
  bool more_ = false;
};

}  // namespace henge::proofs
