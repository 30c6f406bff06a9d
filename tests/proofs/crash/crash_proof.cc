// Proof of the recovery log by crashes: every legal image of the disk, log and store together,
// after every step of recorded runs is opened by the shard's own start and compared with what was
// promised; the starts themselves are cut too; planted bugs must be caught.
//
//   crash_proof            everything; minutes
//   crash_proof --quick    a part of the points; seconds
#include <algorithm>
#include <cstring>
#include <fmt/format.h>
#include <thread>

#include "tests/kit/temp_directory.h"
#include "tests/proofs/crash/planted.h"
#include "tests/proofs/crash/sweep.h"
#include "tests/proofs/crash/workload.h"

namespace henge::proofs {
namespace {

using storage::LogCompression;
using storage::LogSync;

// How much is done. The bars are those of the full form.
struct Measure {
  bool full = true;
  int writes() const { return full ? 600 : 90; }
  std::uint64_t pointEvery() const { return full ? 1 : 4; }
  std::uint64_t secondEvery() const { return full ? 100 : 200; }
};

constexpr std::uint64_t pointsLeast = 2000;  // of the main run
constexpr std::uint64_t rollsLeast = 3;
constexpr std::uint64_t flushesLeast = 2;
constexpr std::uint64_t deletedLeast = 1;
constexpr int recordingsMax = 8;

ProcessOptions processOptions(LogSync sync, const kit::TempDirectory& directory) {
  ProcessOptions options;
  options.storage = busyOptions(sync);
  options.directory = directory.path();
  return options;
}

// Each thread has a stretch of the points: neighbours have images in common.
Swept sweep(const Recording& recording, const SweepOptions& options) {
  const History history = recording.history();
  const std::uint64_t points = passagesOf(recording.trace).points;
  const std::uint64_t parts = std::clamp(std::thread::hardware_concurrency(), 1U, 4U);
  std::vector<Swept> results(parts);
  {
    std::vector<std::jthread> threads;
    for (std::uint64_t part = 0; part < parts; ++part)
      threads.emplace_back([&, part] {
        results[part] = Sweep(recording.trace, history, options)
                            .run(points * part / parts, points * (part + 1) / parts);
      });
  }
  Swept all;
  for (const Swept& result : results) all.add(result);
  return all;
}

// The run of which the bar counts the points.
bool isMain(const storage::StorageOptions& options) {
  return options.logSync == LogSync::always && options.logCompression == LogCompression::none;
}

bool isEnough(const Passages& seen, std::uint64_t flushes, const storage::StorageOptions& options,
              Measure measure) {
  if (!measure.full) return seen.points > 0 && seen.rolls > 0 && seen.deleted > 0;
  return (!isMain(options) || seen.points >= pointsLeast) && seen.rolls >= rollsLeast &&
         flushes >= flushesLeast && seen.tables >= flushesLeast && seen.deleted >= deletedLeast;
}

struct Sum {
  Passages passages;
  Swept swept;
  std::uint64_t flushes = 0;
  bool good = true;
};

// Longer, until it has been through enough: when the engine does what is its own affair.
Result<Recording> recordEnough(const ProcessOptions& process, Measure measure) {
  int writes = isMain(process.storage) ? measure.writes() : measure.writes() / 2;
  for (int attempt = 0; attempt < recordingsMax; ++attempt, writes += writes / 3) {
    auto recording = record(process, writes);
    if (!recording ||
        isEnough(passagesOf(recording->trace), recording->flushes, process.storage, measure))
      return recording;
  }
  return Error{ErrorKind::timeout, "the run went through too little"};
}

void proveMode(LogSync sync, LogCompression compression, Measure measure, Sum& sum) {
  const kit::TempDirectory directory;
  ProcessOptions process = processOptions(sync, directory);
  process.storage.logCompression = compression;
  process.seed = 10 + static_cast<std::uint64_t>(sync);
  auto recording = recordEnough(process, measure);
  if (!recording) {
    fmt::print("log_sync {}: the run failed: {}\n", nameOf(sync), recording.error().message);
    sum.good = false;
    return;
  }
  const Passages seen = passagesOf(recording->trace);
  fmt::print(
      "log_sync {}{}: {} writes, {} points ({} steps of the store), {} rolls, {} flushes of {} "
      "table files, {} segments gone\n",
      nameOf(sync), compression == LogCompression::zstd ? ", zstd" : "", recording->appended.size(),
      seen.points, seen.storeSteps, seen.rolls, recording->flushes, seen.tables, seen.deleted);
  const Swept swept = sweep(*recording, {.process = process,
                                         .pointEvery = measure.pointEvery(),
                                         .secondEvery = measure.secondEvery(),
                                         .subsets = 2,
                                         .startLoses = {}});
  fmt::print(
      "  cut at {} points: {} images, {} with a torn tail, {} with records to replay; {} starts "
      "cut at each of {} points: {} images; {} distinct images opened\n",
      swept.points, swept.images, swept.torn, swept.replayed, swept.starts, swept.secondPoints,
      swept.secondImages, swept.distinct);
  if (swept.finding)
    fmt::print("  FAILED {}: {}: {}\n", swept.where, nameOf(swept.finding->check),
               swept.finding->text);
  sum.good = sum.good && !swept.finding && swept.starts > 0 && swept.torn > 0;
  sum.passages.add(seen);
  sum.swept.add(swept);
  sum.flushes += recording->flushes;
}

bool isCaught(const Planted& planted, Measure measure) {
  const kit::TempDirectory directory;
  ProcessOptions process = processOptions(planted.sync, directory);
  process.seed = 77;
  process.storeBug = planted.whileRunning;
  auto recording = record(process, measure.full ? 150 : 90);
  std::optional<Finding> finding;
  std::string where = "while it ran";
  if (!recording) {
    finding = Finding{Check::start, recording.error().message};
  } else {
    if (planted.run) recording->trace = planted.run(recording->trace);
    process.storeBug = planted.whileStarting;
    const Swept swept = sweep(*recording, {.process = process,
                                           .pointEvery = 3,
                                           .secondEvery = planted.startLoses ? 10U : 0U,
                                           .subsets = 2,
                                           .startLoses = planted.startLoses});
    finding = swept.finding;
    where = swept.where;
  }
  if (finding)
    fmt::print("  {:45} caught by {:8} {}: {}\n", planted.name, nameOf(finding->check), where,
               finding->text);
  else
    fmt::print("  {:45} NOT CAUGHT\n", planted.name);
  return finding.has_value();
}

int prove(Measure measure) {
  Sum sum;
  for (const LogSync sync : {LogSync::always, LogSync::periodic, LogSync::off})
    proveMode(sync, LogCompression::none, measure, sum);
  proveMode(LogSync::always, LogCompression::zstd, measure, sum);
  const std::vector<Planted> bugs = plantedBugs();
  fmt::print("planted bugs\n");
  const auto caught = std::count_if(
      bugs.begin(), bugs.end(), [&](const Planted& planted) { return isCaught(planted, measure); });
  const bool good = sum.good && caught == static_cast<std::ptrdiff_t>(bugs.size());
  fmt::print(
      "proof: {} points of {}, {} rolls, {} flushes, {} segments gone: {} images ({} distinct "
      "opened), {} lost records; {} starts cut at {} points; {} of {} planted bugs caught\n",
      sum.swept.points, sum.passages.points, sum.passages.rolls, sum.flushes, sum.passages.deleted,
      sum.swept.images + sum.swept.secondImages, sum.swept.distinct,
      sum.swept.finding ? "SOME" : "0", sum.swept.starts, sum.swept.secondPoints, caught,
      bugs.size());
  return good ? 0 : 1;
}

}  // namespace
}  // namespace henge::proofs

int main(int argc, char** argv) {
  const bool quick = argc == 2 && std::strcmp(argv[1], "--quick") == 0;
  if (argc > 1 && !quick) return fmt::print(stderr, "usage: crash_proof [--quick]\n"), 64;
  return henge::proofs::prove({.full = !quick});
}
