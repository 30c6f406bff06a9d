// A disk on files in memory, which takes its time, fails and forgets as it is told.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>

#include "server/ports/clock.h"
#include "server/ports/disk.h"
#include "server/ports/timers.h"
#include "tests/kit/fake_files.h"

namespace henge::kit {

// One lane. Operations happen and end in the order of the calls, each `latency` after the one
// before; how far those have come that have not ended, a kill or a power cut decides. The files
// outlive it.
class FakeDisk final : public ports::Disk, private ports::TimerSink {
 public:
  using Latency = std::function<Duration(DiskCall)>;

  FakeDisk(FakeFiles& files, ports::Timers& timers, const ports::Clock& clock,
           Duration latency = 100_us);
  ~FakeDisk() override;
  FakeDisk(const FakeDisk&) = delete;
  FakeDisk& operator=(const FakeDisk&) = delete;

  // Of this lane alone; those of both are in the files. Decided when the call is made.
  void failAfter(DiskCall call, int countdown, Error error, std::size_t steps = 0) {
    faults_.failAfter(call, countdown, std::move(error), steps);
  }
  void failAlways(DiskCall call, Error error, std::size_t steps = 0) {  // until heal()
    faults_.failAlways(call, std::move(error), steps);
  }
  void heal() { faults_.heal(); }
  // Calls so far, of a kind.
  std::uint64_t calls(DiskCall call) const { return calls_[indexOf(call)]; }
  // The process is gone: what has not ended yet never ends. Writes on their way have been made, and
  // were not synced.
  void kill();
  // From now on each step of a call is an event of its own, so that the steps of the other disk,
  // and of whoever else is at the files, come in between.
  void goStepByStep() { stepByStep_ = true; }
  void setLatency(Duration latency) { latency_ = latency; }
  void setLatency(Latency drawn) { drawn_ = std::move(drawn); }  // in the place of the fixed one

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
  void makeDirectory(OpId op, ports::DiskSink& sink, const std::string& path) override;
  void truncate(OpId op, ports::DiskSink& sink, const std::string& path,
                std::uint64_t bytes) override;
  void replace(OpId op, ports::DiskSink& sink, const std::string& path, Bytes bytes) override;

 private:
  void enqueue(DiskOp op);
  void wakeForNext();
  void onTimer(std::uint64_t token) override;

  FakeFiles& files_;
  ports::Timers& timers_;
  const ports::Clock& clock_;
  Duration latency_;
  Latency drawn_;
  DiskLane lane_;
  bool stepByStep_ = false;
  std::uint64_t awaited_ = 0;  // the timer that the first of the lane waits for
  DiskFaults faults_;
  std::array<std::uint64_t, diskCallCount> calls_{};
};

}  // namespace henge::kit
