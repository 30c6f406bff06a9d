// One shard on virtual time, with a disk that forgets and a store that crashes.
#pragma once

#include <gtest/gtest.h>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "server/ports/events.h"
#include "server/ports/fatal.h"
#include "server/storage/memory_store.h"
#include "server/storage/shard_storage.h"
#include "tests/kit/fake_disk.h"
#include "tests/kit/virtual_loop.h"

namespace henge::storage {

inline SegmentOwner testOwner() { return {ClusterId{0xc1}, DirectoryId{0xd1d1d1d1}, 0}; }

// Segments so small that a few records fill one.
inline StorageOptions smallOptions() {
  StorageOptions options;
  options.owner = testOwner();
  options.segmentBytes = 4096;
  options.feedBatchBytesMax = 1024;
  options.logBytesMax = 1 << 20;
  return options;
}

inline Record recordOf(const Bytes& key, std::int64_t timestamp, const Bytes& value = "v") {
  Record record;
  record.key = key;
  record.version = {timestamp, 7};
  record.value = value;
  return record;
}

// A member of a cluster sees what this sees.
class ShardWorld : private ports::StorageSink,
                   private ports::ScanSink,
                   private ports::Fatal,
                   private ports::Events,
                   private ports::StorageFaults,
                   private OpenSink,
                   private DrainSink {
 public:
  explicit ShardWorld(StorageOptions options = smallOptions(), MemoryStoreOptions storeOptions = {})
      : options_(options), store(loop, loop, storeOptions) {}

  // The process starts; open() waits until it says how that went.
  void start();
  Status open();
  // It is gone. `kept` of the store's unflushed batches are not lost; what became of the disk is
  // the caller's: files.powerCut() or nothing (the process alone died).
  void die(std::size_t kept);
  void beginDrain();
  Status awaitDrained();
  Status drain() { return beginDrain(), awaitDrained(); }

  // A whole write, as a replica does it; answered later, see outcomes.
  OpId write(const Record& record);
  // The same, waiting for the answer; nullopt: refused, or never answered.
  std::optional<ports::AppendOutcome> put(const Record& record);
  Result<std::optional<Record>> get(const Bytes& key);
  // Everything, in pages of `recordsMax`.
  std::vector<Record> scanAll(std::size_t recordsMax, const Bytes& from = "", const Bytes& to = "");
  // From the next start on, in the place of `store`.
  void useStore(ports::Store& other) { store_ = &other; }
  void settle(Duration span = 60_s) { loop.runFor(span); }
  std::vector<std::string> segmentFiles() const;

  StorageOptions options_;
  kit::VirtualLoop loop;
  kit::FakeFiles files;
  MemoryStore store;
  std::unique_ptr<kit::FakeDisk> commitDisk;
  std::unique_ptr<kit::FakeDisk> sideDisk;
  std::unique_ptr<ShardStorage> shard;

  std::map<OpId, ports::AppendOutcome> outcomes;
  std::map<OpId, Result<std::optional<Record>>> looked;
  std::optional<Status> openedStatus;
  OpenReport report;
  std::optional<Status> drainedStatus;
  std::vector<std::string> events;
  std::optional<ports::ExitCode> fatalCode;
  std::vector<std::string> damaged;  // what was said of the store
  std::string refused;               // why the last write was

 private:
  void continueWrite(OpId op, const std::optional<Record>& held);
  void onLooked(OpId op, Result<std::optional<Record>> held) override;
  void onAppended(OpId op, ports::AppendOutcome outcome) override;
  void onScanned(OpId op, Result<std::vector<Record>> page, bool more) override;
  void onOpened(Status status, OpenReport opened) override;
  void onDrained(Status status) override {
    EXPECT_FALSE(drainedStatus) << "drained twice";
    drainedStatus = std::move(status);
  }
  void fatal(ports::ExitCode code, const std::string& reason) override;
  void note(ports::Severity severity, const std::string& line) override;
  void onStoreDamaged(const std::string& reason) override { damaged.push_back(reason); }

  ports::Store* store_ = &store;
  std::uint64_t lastOp_ = 0;
  std::map<OpId, Record> writing_;
  std::optional<Result<std::vector<Record>>> page_;
  bool more_ = false;
};

}  // namespace henge::storage
