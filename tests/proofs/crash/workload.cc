#include "tests/proofs/crash/workload.h"

#include <fmt/format.h>

#include "core/rehearsal.h"

namespace henge::proofs {

namespace {

constexpr std::uint64_t hotKeys = 20;
constexpr std::size_t unansweredMax = 12;
constexpr int lives = 3;

// Takes a rare way at one in twelve, on the loop's thread alone.
class RareWays final : public Rehearsal {
 public:
  explicit RareWays(std::uint64_t seed) : chance_(seed) { rehearsal = this; }
  ~RareWays() { rehearsal = nullptr; }
  RareWays(const RareWays&) = delete;
  RareWays& operator=(const RareWays&) = delete;
  bool takes(std::string_view) override { return chance_.oneIn(12); }
  void reached(std::string_view) override {}

 private:
  sim::Chance chance_;
};

Record recordBy(sim::Chance& chance, int number) {
  Record record;
  record.version = {1000 + number, 7};
  if (number % 3 == 0) {
    record.key = fmt::format("own {:05}", number);
  } else {
    record.key = fmt::format("hot {:02}", chance.below(hotKeys));
    if (chance.oneIn(5)) record.version.timestamp -= static_cast<std::int64_t>(chance.below(40));
  }
  const std::uint64_t bytes = chance.oneIn(60) ? 4000 + chance.below(3000) : chance.below(400);
  record.value.reserve(bytes);
  while (record.value.size() < bytes) record.value += static_cast<char>(chance.below(256));
  if (number % 3 != 0 && chance.oneIn(8)) {
    record.kind = RecordKind::tombstone;
    record.value.clear();
  }
  return record;
}

void write(ShardProcess& process, sim::Chance& chance, int from, int end) {
  for (int number = from; number < end && !process.fatalReason();) {
    while (process.unanswered() >= unansweredMax && process.step()) {
    }
    const Record record = recordBy(chance, number);
    if (process.write(record)) ++number;
    process.look(record.key);
    process.stepsFor(
        Duration{chance.oneIn(30) ? chance.between(1000, 40'000) : chance.between(0, 250)});
  }
}

}  // namespace

storage::StorageOptions busyOptions(storage::LogSync sync) {
  storage::StorageOptions options;
  options.owner = {ClusterId{0xc1}, DirectoryId{0xd1d1d1d1}, 0};
  options.logSync = sync;
  options.syncPeriod = 5_ms;
  options.markDelay = 3_ms;
  options.segmentBytes = 4096;
  options.segmentAgeMax = 30_ms;
  options.sparesMax = 1;
  options.logBytesMax = 8 * options.segmentBytes;
  options.feedBatchBytesMax = 1024;
  return options;
}

Result<Recording> record(const ProcessOptions& options, int writes) {
  kit::FakeFiles files;
  Recorder recorder;
  sim::Chance chance(options.seed);
  const RareWays rare(options.seed);
  Recording recording;
  for (int life = 0; life < lives; ++life) {
    ShardProcess process(options, files, &recorder);
    process.follow(recording.appended, recording.ends);
    if (Status opened = process.open(); !opened) return opened.error();
    write(process, chance, writes * life / lives, writes * (life + 1) / lives);
    if (life + 1 == lives) process.stepsFor(20_ms);  // the others are killed as they stand
    if (process.fatalReason()) return Error{ErrorKind::io, *process.fatalReason()};
    recording.appended = process.appended();
    recording.ends = process.ends();
    recording.flushes += process.flushes();
  }
  recording.trace = recorder.take();
  return recording;
}

}  // namespace henge::proofs
