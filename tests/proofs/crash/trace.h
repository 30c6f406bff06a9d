// What happened to one disk, in one order, whoever did it; and what was promised meanwhile.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "core/ids.h"
#include "core/version.h"
#include "tests/kit/fake_files.h"

namespace henge::proofs {

struct Event {
  enum class Kind {
    // steps of the disk
    make,
    write,
    zero,
    resize,
    sync,
    rename,
    unlink,
    makeDirectory,
    syncNames,
    // what was said or known
    appended,   // number: so many records have been handed to the log so far
    synced,     // number: so many of them are synced, by the log's own word; at: to where
    promised,   // path: a key, version: what was answered or shown of it
    started,    // a process begins to open what is there
    recovered,  // it has; number: so many records, at: to where
  };
  Kind kind = Kind::write;
  std::string path;
  std::string to;
  std::uint64_t number = 0;  // offset or size
  Bytes bytes;
  LogPosition at;
  Version version;

  bool isStep() const { return kind < Kind::appended; }
};
using Trace = std::vector<Event>;

// Does a step again. Precondition: the files are as they were before it.
void redo(const Event& step, kit::FakeFileSystem& files);

// Sits under the log's disk and under RocksDB's. Thread: any.
class Recorder final : public kit::FileWatch {
 public:
  void note(Event event);
  Trace take();

  void onWritten(const std::string& path, std::uint64_t offset, BytesView bytes) override;
  void onZeroed(const std::string& path, std::uint64_t bytes) override;
  void onResized(const std::string& path, std::uint64_t bytes) override;
  void onMade(const std::string& path) override;
  void onDirectoryMade(const std::string& path) override;
  void onSynced(const std::string& path) override;
  void onRenamed(const std::string& from, const std::string& to) override;
  void onRemoved(const std::string& path) override;
  void onNamesSynced(const std::string& directory) override;

 private:
  std::mutex mutex_;
  Trace trace_;  // under mutex_
};

// What the trace itself says it went through.
struct Passages {
  std::uint64_t points = 0;  // places for a power cut: one before the first step, one after each
  std::uint64_t storeSteps = 0;
  std::uint64_t rolls = 0;    // segments begun after the first
  std::uint64_t tables = 0;   // table files of the store, synced: flushes and compactions
  std::uint64_t deleted = 0;  // segments of the log that went, removed or kept to be used again
  void add(const Passages& other);
};
Passages passagesOf(const Trace& trace);

}  // namespace henge::proofs
