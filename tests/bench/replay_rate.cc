// How fast a start brings back what the log holds and the store does not: fills a log on a real
// disk, forgets the process, and replays it through ShardStorage into RocksDB.
//
//   replay_rate [--mib 1024] [--value_bytes 1000] [--dir DIR]
//
// The log is filled by one process and replayed by another, so that the peak memory is the replay's
// alone; its pages are dropped in between. Segments, tables and caches are those of henge-server's
// defaults. The directory (default: a fresh one below the working directory) is removed at the end.
#include <chrono>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fmt/format.h>
#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "server/engine/rocks_store.h"
#include "server/runtime/loop.h"
#include "server/runtime/posix_disk.h"
#include "server/runtime/process_fatal.h"
#include "server/storage/record_codec.h"
#include "server/storage/shard_storage.h"

namespace {

using namespace henge;
namespace fs = std::filesystem;

constexpr double mebibyte = 1 << 20;
constexpr std::size_t inFlightMax = 512;

struct Options {
  std::uint64_t mib = 1024;
  std::size_t valueBytes = 1000;
  std::string directory;
};

[[noreturn]] void fail(const std::string& why) {
  fmt::print(stderr, "replay_rate: {}\n", why);
  std::exit(1);
}

// Takes everything and keeps nothing: what the log holds is in no store.
class Void final : public ports::Store {
 public:
  explicit Void(runtime::Loop& loop) : loop_(loop) {}
  std::optional<std::optional<Bytes>> getCached(BytesView) override {
    return std::optional<Bytes>();
  }
  void get(OpId op, ports::StoreSink& sink, Bytes) override { end(op, sink); }
  void getPersisted(OpId op, ports::StoreSink& sink, Bytes) override { end(op, sink); }
  void write(OpId op, ports::StoreSink& sink, ports::StoreBatch) override { end(op, sink); }
  void flush(OpId op, ports::StoreSink& sink) override { end(op, sink); }
  void scan(OpId op, ports::StoreSink& sink, Bytes, Bytes, std::size_t, std::size_t) override {
    end(op, sink);
  }
  void reopen(OpId op, ports::StoreSink& sink) override { end(op, sink); }
  void watch(ports::StoreWatch*) override {}
  std::uint64_t unflushedBytes() const override { return 0; }
  std::uint64_t approximateEntries() const override { return 0; }
  std::uint64_t approximateEntries(BytesView, BytesView) const override { return 0; }
  std::uint64_t approximateBytes() const override { return 0; }

 private:
  void end(OpId op, ports::StoreSink& sink) {
    loop_.post([op, &sink] { sink.onStore(op, {}); });
  }
  runtime::Loop& loop_;
};

// One shard on a directory.
class Shard final : public ports::StorageSink,
                    public ports::StorageFaults,
                    public ports::Events,
                    public storage::OpenSink,
                    public ports::TimerSink {
 public:
  Shard(const Options& options, runtime::Loop& loop, ports::Store& store,
        const storage::StorageOptions& storageOptions)
      : options_(options),
        loop_(loop),
        commitDisk_(diskOn(loop, options.directory)),
        sideDisk_(diskOn(loop, options.directory)),
        fatal_([](ports::ExitCode, const std::string& reason) {
          fmt::print(stderr, "replay_rate: {}\n", reason);
        }),
        shard_(storageOptions, *this,
               {*commitDisk_, *sideDisk_, store, loop, loop, fatal_, *this, *this}) {}

  // Runs until the storage is open; how long that took.
  Duration open() {
    const MonoTime began = loop_.now();
    shard_.open(*this);
    loop_.run();
    if (!report_) fail("the storage did not open: " + error_);
    return loop_.now() - began;
  }

  // Runs until so many bytes of records are in the log.
  void fill(std::uint64_t bytes) {
    toWrite_ = bytes;
    writeSome();
    loop_.run();
  }

  const storage::OpenReport& report() const { return *report_; }

 private:
  static std::unique_ptr<runtime::PosixDisk> diskOn(runtime::Loop& loop, const std::string& root) {
    auto disk = runtime::PosixDisk::open(loop, root);
    if (!disk) fail(disk.error().message);
    return std::move(*disk);
  }

  void onStoreDamaged(const std::string& reason) override { fail(reason); }

  void writeSome() {
    while (written_ < toWrite_ && inFlight_ < inFlightMax) {
      Record record;
      record.key = fmt::format("key:{:016x}", ++last_ * 0x9e3779b97f4a7c15ULL);
      record.version = {static_cast<std::int64_t>(last_), 1};
      record.value = Bytes(options_.valueBytes, static_cast<char>('a' + last_ % 26));
      const std::size_t entry = storage::entryBytes(record);
      if (!shard_.admit(OpId{last_}, record.kind,
                        record.bytes())) {  // the tables wait for the feeder
        --last_;
        return loop_.wakeAt(loop_.now() + 5_ms, *this, 0);
      }
      (void)shard_.lookForWrite(OpId{last_}, record);
      shard_.append(OpId{last_}, std::move(record));
      ++inFlight_;
      written_ += entry;
    }
    if (written_ >= toWrite_ && inFlight_ == 0) loop_.stop();
  }

  void onTimer(std::uint64_t) override { writeSome(); }
  void onLooked(OpId, Result<std::optional<Record>>) override { fail("the store was asked"); }
  void onAppended(OpId, ports::AppendOutcome) override {
    --inFlight_;
    writeSome();
  }
  void onOpened(Status status, storage::OpenReport report) override {
    if (status)
      report_ = std::move(report);
    else
      error_ = status.error().message;
    loop_.stop();
  }
  void note(ports::Severity, const std::string& line) override {
    fmt::print(stderr, "  {}\n", line);
  }

  const Options& options_;
  runtime::Loop& loop_;
  std::unique_ptr<runtime::PosixDisk> commitDisk_;
  std::unique_ptr<runtime::PosixDisk> sideDisk_;
  runtime::ProcessFatal fatal_;
  storage::ShardStorage shard_;
  std::optional<storage::OpenReport> report_;
  std::string error_;
  std::uint64_t toWrite_ = 0;
  std::uint64_t written_ = 0;
  std::uint64_t last_ = 0;
  std::size_t inFlight_ = 0;
};

storage::StorageOptions storageOptions() {
  storage::StorageOptions options;
  options.owner = {ClusterId{1}, DirectoryId{2}, 0};
  return options;
}

// Ends as a killed process does: nothing is drained.
[[noreturn]] void fillAndVanish(const Options& options) {
  runtime::Loop loop;
  Void store(loop);
  storage::StorageOptions unbounded = storageOptions();
  unbounded.logSync = storage::LogSync::off;
  unbounded.logBytesMax = 1ULL << 50;
  Shard shard(options, loop, store, unbounded);
  (void)shard.open();
  shard.fill(options.mib << 20);
  ::_exit(0);
}

// On disk, and not in memory.
void dropPages(const std::string& directory) {
  for (const auto& entry : fs::directory_iterator(directory)) {
    const int fd = ::open(entry.path().c_str(), O_RDONLY);
    if (fd < 0 || ::fdatasync(fd) != 0 || ::posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED) != 0)
      fail("cannot drop the pages of " + entry.path().string());
    ::close(fd);
  }
}

[[noreturn]] void replayAndTell(const Options& options) {
  runtime::Loop loop;
  engine::EngineOptions engineOptions;
  engineOptions.directory = options.directory + "/store";
  engineOptions.cacheBytes = 64ULL << 20;
  engineOptions.memtableBytes = 64ULL << 20;
  auto store = engine::RocksStore::open(
      engineOptions, [&loop](std::function<void()> work) { loop.post(std::move(work)); });
  if (!store) fail(store.error().message);
  Shard shard(options, loop, **store, storageOptions());
  const double seconds = static_cast<double>(shard.open().micros) / 1e6;
  const storage::OpenReport& report = shard.report();
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const LogPosition end = report.recoveredTo;
  const std::uint64_t bytes = (end.segment - 1) * storageOptions().segmentBytes + end.offset;
  const double mib = static_cast<double>(bytes) / mebibyte;
  const double cpu = static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                     static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
  fmt::print(
      "replay  {:.0f} MiB of log, {} segments, {} records of {} B in {:.2f} s: {:.0f} MiB/s, "
      "{:.0f} "
      "records/s; CPU {:.2f} s; peak RSS {:.0f} MiB\n",
      mib, report.segments, report.records, options.valueBytes, seconds, mib / seconds,
      static_cast<double>(report.records) / seconds, cpu,
      static_cast<double>(usage.ru_maxrss) / 1024);
  std::fflush(stdout);
  ::_exit(0);
}

template <typename Work>
void inAProcess(Work work) {
  const pid_t child = ::fork();
  if (child == 0) work();
  int status = 0;
  if (child < 0 || ::waitpid(child, &status, 0) != child || status != 0) fail("a process failed");
}

Options optionsFrom(int argc, char** argv) {
  Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string flag = argv[i];
    if (flag == "--mib") options.mib = std::strtoull(argv[i + 1], nullptr, 10);
    if (flag == "--value_bytes") options.valueBytes = std::strtoull(argv[i + 1], nullptr, 10);
    if (flag == "--dir") options.directory = argv[i + 1];
  }
  if (argc % 2 == 0 || options.mib == 0 || options.valueBytes == 0)
    fail("replay_rate [--mib N] [--value_bytes N] [--dir DIR]");
  if (!options.directory.empty()) return options;
  options.directory = (fs::current_path() / "replay_rate.XXXXXX").string();
  if (::mkdtemp(options.directory.data()) == nullptr) fail("no directory can be made here");
  return options;
}

}  // namespace

int main(int argc, char** argv) {
  const Options options = optionsFrom(argc, argv);
  fs::create_directories(options.directory);
  inAProcess([&] { fillAndVanish(options); });
  dropPages(options.directory + "/log/0");
  inAProcess([&] { replayAndTell(options); });
  fs::remove_all(options.directory);
}
