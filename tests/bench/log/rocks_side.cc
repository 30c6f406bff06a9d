// RocksDB with its own log: the options of the shipped engine, and the log on.
#include <atomic>
#include <cstdlib>
#include <fmt/format.h>
#include <memory>
#include <rocksdb/db.h>
#include <thread>
#include <vector>

#include "server/engine/rocks_options.h"
#include "server/storage/record_codec.h"
#include "server/storage/store_keys.h"
#include "tests/bench/log/load.h"

namespace henge::bench {

namespace {

using storage::LogSync;

void check(const rocksdb::Status& status) {
  if (status.ok()) return;
  fmt::print(stderr, "log_bench: RocksDB: {}\n", status.ToString());
  std::exit(1);
}

std::unique_ptr<rocksdb::DB> openIn(const Load& load) {
  engine::EngineOptions engine;
  engine.directory = load.directory + "/store";
  if (Status made = engine::makeStoreDirectory(engine.directory); !made) std::exit(1);
  rocksdb::Options options = engine::rocksOptions(engine);
  options.wal_bytes_per_sync = 0;
  if (load.zstd) options.wal_compression = rocksdb::kZSTD;
  rocksdb::DB* db = nullptr;
  check(rocksdb::DB::Open(options, engine.directory, &db));
  return std::unique_ptr<rocksdb::DB>(db);
}

}  // namespace

Cost runRocksDb(const Load& load) {
  const auto db = openIn(load);
  const double cpu = cpuMicrosNow();
  const double begin = secondsNow();
  const double end = begin + load.seconds;
  std::atomic<std::uint64_t> number = 0;
  std::atomic<bool> stopped = false;
  std::jthread syncer;
  if (load.sync == LogSync::periodic)
    syncer = std::jthread([&] {
      for (double next = begin + 1; !stopped;
           std::this_thread::sleep_for(std::chrono::milliseconds(5)))
        if (secondsNow() >= next) {
          check(db->SyncWAL());
          next = secondsNow() + 1;
        }
    });
  {
    std::vector<std::jthread> writers;
    writers.reserve(static_cast<std::size_t>(load.writers));
    for (int writer = 0; writer < load.writers; ++writer)
      writers.emplace_back([&] {
        rocksdb::WriteOptions options;
        options.sync = load.sync == LogSync::always;
        while (secondsNow() < end) {
          const Record record = recordOf(++number);
          check(db->Put(options, storage::dataKey(record.key), storage::encodeRow(record)));
        }
      });
  }
  Cost cost{number, secondsNow() - begin, 0};
  stopped = true;
  check(db->Flush(rocksdb::FlushOptions()));
  cost.cpuMicros = cpuMicrosNow() - cpu;
  check(db->Close());
  return cost;
}

}  // namespace henge::bench
