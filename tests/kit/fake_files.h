// The data directory of a node that forgets what was not synced: survives the node.
#pragma once

#include <algorithm>
#include <utility>
#include <vector>

#include "core/time.h"
#include "tests/kit/fake_faults.h"
#include "tests/kit/fake_file_system.h"
#include "tests/kit/fake_steps.h"

namespace henge::kit {

// What both disks of a node share. A copy is a snapshot of the files, and assigning one restores
// it: all else (capacity, watch, faults, stall, lock, calls under way) stays what it was.
class FakeFiles final : public FakeFileSystem {
 public:
  FakeFiles() = default;
  FakeFiles(const FakeFiles& other) : FakeFileSystem(other) {}
  FakeFiles& operator=(const FakeFiles& other) {
    FakeFileSystem::operator=(other);
    return *this;
  }
  ~FakeFiles() = default;

  // The process ends, or the machine. Calls under way have come as far as `chance` says: some
  // whole, then some steps of one. Their events do not arrive. The lock is free.
  //
  // kill -9: what was written is still read, synced or not.
  void killed(ports::Random& chance);
  // What is pending is kept, lost or, at sectors, torn: each write and each name by itself.
  void powerCut(ports::Random& chance);
  // Calls under way have not happened, and everything that was not synced is lost.
  void powerCut();
  // The same, but for what is told to have survived: one for each of pendingSectors().
  void powerCut(std::span<const Survival> survivals);
  void wipe();  // an empty directory; not while a process uses it

  // Held by at most one process.
  bool tryLock() { return !std::exchange(locked_, true); }
  void unlock() { locked_ = false; }

  // No call of either disk ends before then. Times are of the disks' clock.
  void stall(MonoTime until) { stalledUntil_ = std::max(stalledUntil_, until); }
  MonoTime stalledUntil() const { return stalledUntil_; }
  // Calls take so many times as long; 1: as they should.
  void slow(int factor) { slowness_ = factor; }
  int slowness() const { return slowness_; }
  DiskFaults& faults() { return faults_; }  // of either disk

 private:
  friend class FakeDisk;
  // A disk comes and goes. What is under way when it goes waits for a power cut or a kill, or for
  // the next disk: then it has not happened.
  void join(DiskLane& lane);
  void leave(DiskLane& lane);
  void settle(ports::Random& chance);
  void forgetCalls();

  std::vector<DiskLane*> lanes_;
  std::vector<DiskLane> left_;
  DiskFaults faults_;
  MonoTime stalledUntil_;
  int slowness_ = 1;
  bool locked_ = false;
};

}  // namespace henge::kit
