// ports::Disk on a real file system: one own thread that does one call after the other.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/result.h"
#include "server/ports/disk.h"
#include "server/ports/timers.h"
#include "server/runtime/loop.h"

namespace henge::runtime {

class PosixFiles;

// Thread: the loop's; the files are touched only by the own thread. Calls made in one round are
// handed over together at its end, and a write's end travels with that of the call behind it: a
// write and its sync cost one wake-up of each thread.
//
// The queue is bounded by the callers: the committer has one batch in flight, the maker of segments
// one segment. Errors name path and reason: diskFull (no space, quota), notFound, alreadyExists,
// io. After a failed write or sync of a file every further one of that file fails (posix_files.h).
//
// Destroyed after the loop has left run(), or at least when nobody waits for an end: calls that
// were handed over are finished first, but no event arrives any more.
class PosixDisk final : public ports::Disk, private ports::TimerSink {
 public:
  static constexpr std::size_t endsHeldMax = 64;  // writes whose end waits for the next call's

  // `root` exists. Paths of all calls are relative to it.
  static Result<std::unique_ptr<PosixDisk>> open(Loop& loop, const std::string& root);
  ~PosixDisk() override;
  PosixDisk(const PosixDisk&) = delete;
  PosixDisk& operator=(const PosixDisk&) = delete;

  void create(OpId op, ports::DiskSink& sink, const std::string& path,
              std::uint64_t bytes) override;
  void write(OpId op, ports::DiskSink& sink, const std::string& path, std::uint64_t offset,
             Bytes bytes) override;
  void sync(OpId op, ports::DiskSink& sink, const std::string& path) override;
  void read(OpId op, ports::DiskSink& sink, const std::string& path, std::uint64_t offset,
            std::uint64_t length) override;
  void list(OpId op, ports::DiskSink& sink, const std::string& directory) override;
  void space(OpId op, ports::DiskSink& sink) override;
  void rename(OpId op, ports::DiskSink& sink, const std::string& from,
              const std::string& to) override;
  void remove(OpId op, ports::DiskSink& sink, const std::string& path) override;
  // Makes the directories above it too.
  void makeDirectory(OpId op, ports::DiskSink& sink, const std::string& path) override;
  void truncate(OpId op, ports::DiskSink& sink, const std::string& path,
                std::uint64_t bytes) override;
  void replace(OpId op, ports::DiskSink& sink, const std::string& path, Bytes bytes) override;

 private:
  class Worker;
  using Act = std::function<ports::DiskResult(PosixFiles&)>;
  struct Job {
    OpId op;
    ports::DiskSink* sink;
    Act act;
    bool endMayWait;  // a write: nobody acts on its end before the sync's
  };

  PosixDisk(Loop& loop, std::unique_ptr<PosixFiles> files);
  void enqueue(OpId op, ports::DiskSink& sink, bool endMayWait, Act act);
  void onTimer(std::uint64_t token) override;  // round end: hands the round's calls over

  Loop& loop_;
  std::vector<Job> round_;
  std::unique_ptr<Worker> worker_;
};

}  // namespace henge::runtime
