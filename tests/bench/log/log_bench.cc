// The recovery log beside RocksDB's own log doing the same work, in the same run: the same records,
// writers that each wait for their answer, and in the end all of it in the same table files.
//
//   log_bench [SECONDS [TIMES]]    so long for each figure (1), the median of so many (5). The two
//                                  sides take turns; ratios are medians of those of each turn
#include <algorithm>
#include <filesystem>
#include <fmt/format.h>
#include <string>
#include <utility>
#include <vector>

#include "tests/bench/log/load.h"
#include "tests/kit/temp_directory.h"

namespace henge::bench {
namespace {

// The middle one of what `figure` makes of each.
template <typename Figure>
double median(const std::vector<std::pair<Cost, Cost>>& pairs, Figure figure) {
  std::vector<double> values;
  values.reserve(pairs.size());
  for (const auto& [ours, theirs] : pairs) values.push_back(figure(ours, theirs));
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

Cost inFreshDirectory(Cost (*side)(const Load&), Load load) {
  const kit::TempDirectory directory;
  load.directory = directory.path();
  return side(load);
}

void printRow(const Load& load, int times) {
  std::vector<std::pair<Cost, Cost>> pairs;
  for (int n = 0; n < times; ++n) {
    const Cost ours = inFreshDirectory(runHenge, load);
    pairs.emplace_back(ours, inFreshDirectory(runRocksDb, load));
  }
  fmt::print(
      "| {} | {} | {} | {:.0f} | {:.1f} | {:.0f} | {:.1f} | {:.2f} | {:.2f} |\n", nameOf(load.sync),
      load.zstd ? "on" : "off", load.writers,
      median(pairs, [](const Cost& a, const Cost&) { return a.perSecond(); }),
      median(pairs, [](const Cost& a, const Cost&) { return a.cpuPerRecord(); }),
      median(pairs, [](const Cost&, const Cost& b) { return b.perSecond(); }),
      median(pairs, [](const Cost&, const Cost& b) { return b.cpuPerRecord(); }),
      median(pairs, [](const Cost& a, const Cost& b) { return a.perSecond() / b.perSecond(); }),
      median(pairs,
             [](const Cost& a, const Cost& b) { return a.cpuPerRecord() / b.cpuPerRecord(); }));
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
  const double seconds = argc > 1 ? std::atof(argv[1]) : 1;
  const int times = argc > 2 ? std::atoi(argv[2]) : 5;
  if (seconds <= 0 || times <= 0)
    return fmt::print(stderr, "usage: log_bench [SECONDS [TIMES]]\n"), 64;
  henge::bench::run(seconds, times);
  return 0;
}
