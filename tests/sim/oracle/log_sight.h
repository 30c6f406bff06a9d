// What one machine's disk has been told to keep, read off the bytes of its log.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/hint.h"
#include "core/ids.h"
#include "core/record.h"
#include "core/version.h"

namespace henge::sim {

// The keys of a run, by number.
struct KeyTable {
  std::vector<Bytes> keys;
  std::map<Bytes, std::size_t, std::less<>> numbers;

  void add(Bytes key) {
    numbers.emplace(key, keys.size());
    keys.push_back(std::move(key));
  }
};

// One record of the log.
struct LogEntry {
  LogPosition end;  // of its batch
  std::size_t key = 0;
  Version version;
  std::uint64_t digest = 0;
};

struct Newest {
  Version version;
  LogPosition at;  // none: kept somewhere
};

// Told of every write and sync of the log's files by the disk itself, not by the node: so it knows
// what is synced whatever the node believes. Copyable: an old copy of a disk has the sight of its
// time.
class LogSight {
 public:
  explicit LogSight(const KeyTable& keys)
      : keys_(&keys), synced_(keys.keys.size()), written_(keys.keys.size()) {}

  // The records of the batch that was just written; empty if it is none of the log's.
  std::vector<std::pair<LogEntry, Record>> onWritten(const std::string& path, std::uint64_t offset,
                                                     BytesView bytes, DirectoryId directory);
  // What the same batch says of hints.
  const std::vector<HintEntry>& hintsWritten() const { return hintsWritten_; }
  // Those that have just become durable.
  std::vector<LogEntry> onSynced(const std::string& path);

  const Newest& synced(std::size_t key) const { return synced_[key]; }
  const Newest& written(std::size_t key) const { return written_[key]; }
  LogPosition syncedEnd() const { return syncedEnd_; }
  const std::vector<LogEntry>& unsynced() const { return unsynced_; }  // in log order

  // A start has read back the first `count` of unsynced() and nothing of the rest.
  void recovered(std::size_t count);
  // The log is as a start has found it after damage: it keeps these versions, by key, and whatever
  // it says up to `end` counts as synced.
  void assume(const std::vector<Version>& versions);
  void assumeSynced(LogPosition end) { syncedEnd_ = std::max(syncedEnd_, end); }

 private:
  static void raise(Newest& newest, const LogEntry& entry);
  void forgetRest();

  const KeyTable* keys_;
  std::vector<Newest> synced_;   // by key
  std::vector<Newest> written_;  // by key
  std::vector<LogEntry> unsynced_;
  LogPosition syncedEnd_;
  std::vector<HintEntry> hintsWritten_;
  bool broken_ = false;  // a write came only in part: what follows can never be read back
  std::map<std::uint64_t, LogPosition> writtenEnds_;  // by segment, not yet synced
};

}  // namespace henge::sim
