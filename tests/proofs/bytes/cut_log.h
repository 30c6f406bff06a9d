// A log that the product wrote, cut where a crash could have cut it, and started from again.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "server/storage/memory_store.h"
#include "tests/kit/fake_files.h"
#include "tests/unit/storage/shard_world.h"

namespace henge::proofs {

// What stands behind the cut.
enum class Rest {
  zeroes,   // of a new segment
  earlier,  // bytes of an earlier life of the file
  nothing,  // the file ends there
};

// One write: a batch, or a header with its first batch, or a trailer.
struct Write {
  std::uint64_t segment = 0;
  std::uint64_t from = 0;
  std::uint64_t end = 0;
  std::size_t recordsBefore = 0;  // of the whole log
  std::size_t recordsAfter = 0;
};

struct WrittenLog {
  storage::StorageOptions options;
  kit::FakeFiles files;
  storage::MemoryStore::Map store;  // what it has persisted
  std::vector<Record> records;      // in the order they were written, all synced
  std::vector<Write> writes;        // of the segments that a start reads
  Bytes earlierLife;                // a whole segment's file, of a lower id
};

// usedAgain: segments stand over earlier ones; else none does, and the store has persisted nothing.
WrittenLog writeLog(storage::LogCompression codec, bool usedAgain, std::uint64_t seed);

struct Start {
  bool opened = false;
  bool whole = false;   // every record of the prefix is there, and nothing else
  bool damage = false;  // named: here a lie
  bool saysTorn = false;
  bool goesOn = false;  // takes another write, and has it after one more start
  std::string why;      // the first that is not as it must be

  bool kept() const { return opened && whole && !damage && goesOn; }
};

// The disk as it is when `last` was cut before `cut`, and nothing after it was written.
Start startFrom(const WrittenLog& log, const Write& last, std::uint64_t cut, Rest rest);

}  // namespace henge::proofs
