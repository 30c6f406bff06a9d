// Writes by chance on a shard, recorded.
#pragma once

#include "tests/proofs/crash/history.h"
#include "tests/proofs/crash/shard_process.h"

namespace henge::proofs {

struct Recording {
  Trace trace;
  std::vector<Record> appended;
  std::vector<LogPosition> ends;
  std::uint64_t flushes = 0;  // of the store, asked for by the shard
  History history() const { return {appended, ends}; }
};

// Segments of 4 KiB, times of milliseconds, so that rolls, feeds and flushes come often.
storage::StorageOptions busyOptions(storage::LogSync sync);

// So many writes: hot keys, each third one a key of its own; some deletes, some older than what is
// held, some larger than a segment; rare ways of the product are taken more often. Twice the
// process is killed amid its work and another one goes on. An error: they did not get through.
Result<Recording> record(const ProcessOptions& options, int writes);

}  // namespace henge::proofs
