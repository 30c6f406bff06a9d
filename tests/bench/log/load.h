// What both sides of the bench of the log are given to do, and what it cost.
#pragma once

#include <cstdint>
#include <string>

#include "core/record.h"
#include "server/storage/storage_options.h"

namespace henge::bench {

struct Load {
  storage::LogSync sync = storage::LogSync::always;
  bool zstd = false;
  int writers = 1;  // each has one write under way
  double seconds = 2;
  std::string directory;  // empty, on a real disk; not removed
};

struct Cost {
  std::uint64_t records = 0;  // answered within the time
  double seconds = 0;
  double cpuMicros = 0;  // of the whole process, until all is in table files
  double perSecond() const { return static_cast<double>(records) / seconds; }
  double cpuPerRecord() const { return cpuMicros / static_cast<double>(records); }
};

// The `number`-th record: one of 100,000 keys, about 230 bytes of text that is not all alike.
Record recordOf(std::uint64_t number);

double cpuMicrosNow();  // user and system time of this process
double secondsNow();    // monotonic

Cost runHenge(const Load& load);    // the shipped shard: log, tables, feeder, RocksDB without log
Cost runRocksDb(const Load& load);  // RocksDB with its own log, as many threads as writers

}  // namespace henge::bench
