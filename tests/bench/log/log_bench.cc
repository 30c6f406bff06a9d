// The recovery log beside RocksDB's own log doing the same work, in the same run: the same records,
// writers that each wait for their answer, and in the end all of it in the same table files.
//
//   log_bench [SECONDS [TIMES]]    so long for each figure (2), the median of so many (3)
#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <string>
#include <vector>

#include "tests/bench/log/load.h"
#include "tests/kit/temp_directory.h"

namespace henge::bench {
namespace {

struct Median {
  double perSecond = 0;
  double cpu = 0;
};

double middle(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

Median medianOf(const std::vector<Cost>& costs) {
  std::vector<double> rates;
  std::vector<double> cpus;
  for (const Cost& cost : costs) {
    rates.push_back(cost.perSecond());
    cpus.push_back(cost.cpuPerRecord());
  }
  return {middle(rates), middle(cpus)};
}

Cost inFreshDirectory(Cost (*side)(const Load&), Load load) {
  const kit::TempDirectory directory;
  load.directory = directory.path();
  return side(load);
}

void printRow(const Load& load, int times) {
  std::vector<Cost> ours;
  std::vector<Cost> theirs;
  for (int n = 0; n < times; ++n) {
    ours.push_back(inFreshDirectory(runHenge, load));
    theirs.push_back(inFreshDirectory(runRocksDb, load));
  }
  const Median our = medianOf(ours);
  const Median their = medianOf(theirs);
  fmt::print("| {} | {} | {} | {:.0f} | {:.1f} | {:.0f} | {:.1f} | {:.2f} | {:.2f} |\n",
             nameOf(load.sync), load.zstd ? "on" : "off", load.writers, our.perSecond, our.cpu,
             their.perSecond, their.cpu, our.perSecond / their.perSecond, our.cpu / their.cpu);
  std::fflush(stdout);
}

void run(double seconds, int times) {
  fmt::print(
      "| log_sync | zstd | writers | Henge records/s | CPU µs | RocksDB's log records/s | CPU µs | "
      "rate, ratio | CPU, ratio |\n|---|---|---:|---:|---:|---:|---:|---:|---:|\n");
  using storage::LogSync;
  for (const LogSync sync : {LogSync::always, LogSync::periodic, LogSync::off})
    for (const bool zstd : {false, true})
      for (const int writers : {1, 16, 64})
        printRow(
            {.sync = sync, .zstd = zstd, .writers = writers, .seconds = seconds, .directory = {}},
            times);
}

}  // namespace
}  // namespace henge::bench

int main(int argc, char** argv) {
  const double seconds = argc > 1 ? std::atof(argv[1]) : 2;
  const int times = argc > 2 ? std::atoi(argv[2]) : 3;
  if (seconds <= 0 || times <= 0)
    return fmt::print(stderr, "usage: log_bench [SECONDS [TIMES]]\n"), 64;
  henge::bench::run(seconds, times);
  return 0;
}
