// A disk that forgets what was not synced.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "server/ports/clock.h"
#include "server/ports/disk.h"
#include "server/ports/timers.h"

namespace henge::kit {

enum class DiskCall {
  create,
  write,
  sync,
  read,
  list,
  rename,
  remove,
  makeDirectory,
  truncate,
  replace
};

// What is on the disk: survives the node. Names are durable when their call ends; bytes only after
// a sync.
class FakeFiles {
 public:
  // The whole file as a process would read it now; nullopt: none.
  std::optional<Bytes> contents(const std::string& path) const;
  std::vector<std::string> paths() const;  // ascending
  // Puts a file there, durable: for tests that damage one.
  void put(const std::string& path, Bytes bytes);
  void erase(const std::string& path) { files_.erase(path); }

  // The power is cut: of what was written and not synced each 512-byte sector of each write is, by
  // `chance`, kept or lost.
  void powerCut(std::mt19937_64& chance);
  // Everything that was not synced is lost.
  void powerCut();

 private:
  friend class FakeDisk;
  struct Write {
    std::uint64_t number = 0;
    std::uint64_t offset = 0;
    Bytes bytes;
  };
  struct File {
    Bytes durable;
    Bytes current;
    std::vector<Write> unsynced;
  };
  static void overlay(Bytes& bytes, std::uint64_t offset, BytesView part);

  std::map<std::string, File> files_;
  std::map<std::string, bool> directories_;
  std::uint64_t writes_ = 0;
};

// One lane. Operations happen and end in the order of the calls, each `latency` after the one
// before; written bytes may reach the disk any time after the call.
class FakeDisk final : public ports::Disk, private ports::TimerSink {
 public:
  FakeDisk(FakeFiles& files, ports::Timers& timers, const ports::Clock& clock,
           Duration latency = 100_us);

  // The `countdown`-th call of this kind from now (1: the next) fails with `error` and does
  // nothing; a failed write keeps the first half of its bytes, a failed sync may have synced
  // anything.
  void failAfter(DiskCall call, int countdown, Error error);
  void failAlways(DiskCall call, Error error);  // until heal()
  void heal() { failures_.clear(); }
  // Calls so far, of a kind.
  std::uint64_t calls(DiskCall call) const;
  // The process is gone: what has not ended yet never ends. Writes on their way have been made, and
  // were not synced.
  void kill();
  void setLatency(Duration latency) { latency_ = latency; }

  void create(OpId op, ports::DiskSink& sink, const std::string& path,
              std::uint64_t bytes) override;
  void write(OpId op, ports::DiskSink& sink, const std::string& path, std::uint64_t offset,
             Bytes bytes) override;
  void sync(OpId op, ports::DiskSink& sink, const std::string& path) override;
  void read(OpId op, ports::DiskSink& sink, const std::string& path, std::uint64_t offset,
            std::uint64_t length) override;
  void list(OpId op, ports::DiskSink& sink, const std::string& directory) override;
  void rename(OpId op, ports::DiskSink& sink, const std::string& from,
              const std::string& to) override;
  void remove(OpId op, ports::DiskSink& sink, const std::string& path) override;
  void makeDirectory(OpId op, ports::DiskSink& sink, const std::string& path) override;
  void truncate(OpId op, ports::DiskSink& sink, const std::string& path,
                std::uint64_t bytes) override;
  void replace(OpId op, ports::DiskSink& sink, const std::string& path, Bytes bytes) override;

 private:
  struct Waiting {
    OpId op{};
    ports::DiskSink* sink = nullptr;
    DiskCall call = DiskCall::sync;
    std::string path{};
    std::string to{};
    std::uint64_t number = 0;  // offset, length, size or last write to sync, as the call needs
    std::uint64_t length = 0;
    Bytes bytes{};
    std::optional<Error> failure{};
  };
  struct Failure {
    int countdown = 1;
    bool always = false;
    Error error;
  };

  void enqueue(Waiting waiting);
  std::optional<Error> nextFailure(DiskCall call);
  void onTimer(std::uint64_t token) override;
  ports::DiskResult execute(Waiting& waiting);
  ports::DiskResult executeOnNames(Waiting& waiting);
  ports::DiskResult executeList(const Waiting& waiting) const;
  Status checkParent(const std::string& path) const;

  FakeFiles& files_;
  ports::Timers& timers_;
  const ports::Clock& clock_;
  Duration latency_;
  MonoTime busyUntil_;
  std::map<std::uint64_t, Waiting> waiting_;
  std::uint64_t next_ = 1;
  std::map<DiskCall, Failure> failures_;
  std::map<DiskCall, std::uint64_t> calls_;
};

}  // namespace henge::kit
