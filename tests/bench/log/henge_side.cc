// The shard as a node has it, on a real disk, written to by closed loops on its own event loop.
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <memory>

#include "server/engine/rocks_store.h"
#include "server/ports/events.h"
#include "server/ports/fatal.h"
#include "server/runtime/loop.h"
#include "server/runtime/posix_disk.h"
#include "server/storage/segment_names.h"
#include "server/storage/shard_storage.h"
#include "tests/bench/log/load.h"

namespace henge::bench {

namespace {

[[noreturn]] void giveUp(const std::string& why) {
  fmt::print(stderr, "log_bench: {}\n", why);
  std::exit(1);
}

storage::StorageOptions optionsOf(const Load& load) {
  storage::StorageOptions options;
  options.owner = {ClusterId{1}, DirectoryId{1}, 0};
  options.logSync = load.sync;
  if (load.zstd) options.logCompression = storage::LogCompression::zstd;
  return options;
}

std::unique_ptr<runtime::PosixDisk> diskOn(runtime::Loop& loop, const std::string& directory) {
  auto disk = runtime::PosixDisk::open(loop, directory);
  if (!disk) giveUp(disk.error().message);
  return std::move(*disk);
}

std::unique_ptr<engine::RocksStore> storeOn(runtime::Loop& loop, const std::string& directory) {
  engine::EngineOptions options;
  options.directory = directory + "/store";
  auto store = engine::RocksStore::open(
      options, [&loop](std::function<void()> work) { loop.post(std::move(work)); });
  if (!store) giveUp(store.error().message);
  return std::move(*store);
}

class Shard final : ports::StorageSink,
                    ports::TimerSink,
                    ports::Fatal,
                    ports::Events,
                    ports::StorageFaults,
                    storage::OpenSink,
                    storage::DrainSink {
 public:
  explicit Shard(const Load& load)
      : load_(load),
        commitDisk_(diskOn(loop_, load.directory)),
        sideDisk_(diskOn(loop_, load.directory)),
        store_(storeOn(loop_, load.directory)),
        storage_(optionsOf(load), *this,
                 {*commitDisk_, *sideDisk_, *store_, loop_, loop_, *this, *this, *this}) {
    storage_.open(*this);
    loop_.run();
  }

  // One write; then the next segment is made, and until it is there its zeroes are in the way.
  void warmUp() {
    end_ = secondsNow() + 3600;
    writeNext();
    loop_.run();
    while (!std::filesystem::exists(load_.directory + "/" + storage::logDirectory(0) + "/" +
                                    storage::segmentName(2))) {
      loop_.wakeAt(loop_.now() + 10_ms, *this, justWait);
      loop_.run();
    }
    warm_ = true;
    done_ = 0;
  }

  Cost run() {
    const double cpu = cpuMicrosNow();
    const double begin = secondsNow();
    end_ = begin + load_.seconds;
    for (int writer = 0; writer < load_.writers; ++writer) writeNext();
    loop_.run();
    Cost cost{done_, secondsNow() - begin, 0};
    storage_.drain(*this);  // what is left is fed and flushed
    loop_.run();
    cost.cpuMicros = cpuMicrosNow() - cpu;
    return cost;
  }

 private:
  static constexpr std::uint64_t justWait = 1;

  void writeNext() {
    if (secondsNow() >= end_) {
      if (++ended_ == load_.writers) loop_.stop();
      return;
    }
    const OpId op{++number_};
    Record record = recordOf(number_);
    if (!storage_.admit(op, record.kind, record.bytes())) {
      loop_.wakeAt(loop_.now() + 1_ms, *this, 0);  // overloaded: later
      return;
    }
    const ports::Look look = storage_.lookForWrite(op, record);
    if (look.later) giveUp("a write above the fence had to ask the store");
    storage_.append(op, std::move(record));
  }
  void onAppended(OpId, ports::AppendOutcome) override {
    ++done_;
    warm_ ? writeNext() : loop_.stop();
  }
  void onTimer(std::uint64_t token) override { token == justWait ? loop_.stop() : writeNext(); }
  void onLooked(OpId, Result<std::optional<Record>>) override {}
  void onOpened(Status status, storage::OpenReport) override {
    if (!status) giveUp(status.error().message);
    loop_.stop();
  }
  void onDrained(Status status) override {
    if (!status) giveUp(status.error().message);
    loop_.stop();
  }
  void fatal(ports::ExitCode, const std::string& reason) override { giveUp(reason); }
  void onStoreDamaged(const std::string& reason) override { giveUp(reason); }
  void note(ports::Severity, const std::string&) override {}

  const Load& load_;
  runtime::Loop loop_;
  std::unique_ptr<runtime::PosixDisk> commitDisk_;
  std::unique_ptr<runtime::PosixDisk> sideDisk_;
  std::unique_ptr<engine::RocksStore> store_;
  storage::ShardStorage storage_;
  double end_ = 0;
  bool warm_ = false;
  int ended_ = 0;
  std::uint64_t number_ = 0;
  std::uint64_t done_ = 0;
};

}  // namespace

Cost runHenge(const Load& load) {
  Shard shard(load);
  shard.warmUp();
  return shard.run();
}

}  // namespace henge::bench
