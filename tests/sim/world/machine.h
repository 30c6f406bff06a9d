// One node's hardware and the processes that live on it, one after the other.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "server/node/node.h"
#include "server/storage/memory_store.h"
#include "tests/kit/fake_disk.h"
#include "tests/sim/chance.h"
#include "tests/sim/clock.h"
#include "tests/sim/net/sim_net.h"
#include "tests/sim/oracle/replica_oracle.h"
#include "tests/sim/plan/settings.h"
#include "tests/sim/world/event_heap.h"

namespace henge::sim {

// Told on the way; never destroys the machine inside.
class MachineWatch {
 public:
  virtual void onServing(std::uint32_t node) = 0;
  // Its process has ended by itself: stopped, refused to start, or killed itself by Fatal.
  virtual void onEnded(std::uint32_t node, ports::ExitCode code) = 0;
  virtual void onLine(std::uint32_t node, const std::string& line) = 0;
  virtual void onWritten(std::uint32_t node, DirectoryId directory, const std::string& path,
                         std::uint64_t offset, BytesView bytes) = 0;
  virtual void onSynced(std::uint32_t node, const std::string& path) = 0;

 protected:
  ~MachineWatch() = default;
};

// What of a machine is in a backup: the files, and what its store has made durable.
struct Backup {
  kit::FakeFiles files;
  storage::MemoryStore::Map store;
  LogSight log;
};

// Processes are ended from outside, never inside one of their own events: end…() is called between
// two events. Thread: the one there is.
class Machine final : private ports::Fatal,
                      private ports::Events,
                      private node::NodeSink,
                      private kit::FakeFileSystem::Watch,
                      private ports::Timers {
 public:
  Machine(std::uint32_t number, const henge::Cluster& cluster, const Settings& settings,
          EventHeap& heap, SimNet& net, MachineWatch& watch);
  ~Machine();

  // A process starts. False: the directory is locked, or it would not start; why was a line.
  bool start();
  void drain();  // SIGTERM
  // The process, if there is one, is gone at once, with its memory. Between two events only.
  void endByKill();
  void endByPowerCut();
  void pause() {
    if (life_) life_->pause();
  }
  void goOn() {
    if (life_) life_->goOn();
  }

  bool isRunning() const { return process_ != nullptr; }
  bool isServing() const { return serving_; }
  bool isPaused() const { return life_ && life_->isPaused(); }
  // It has ended by itself and waits for endByKill() to clear it away.
  bool hasEnded() const { return ended_; }
  node::NodeParts* parts();  // nullptr: no process
  const Life* life() const { return life_.get(); }

  // The process's store finds no space at its next write, until it is opened anew.
  void leaveStoreWithoutSpace();

  kit::FakeFiles& files() { return files_; }
  storage::MemoryStore& store() { return store_; }
  const storage::MemoryStore& store() const { return store_; }
  SimClock& clock() { return clock_; }
  HostId host() const { return host_; }
  DirectoryId directory() const { return directory_; }
  const Settings& settings() const { return settings_; }
  void setSettings(const Settings& settings);
  // The largest limits it ever had: what was made under them is still there.
  const Settings& widest() const { return widest_; }

  // A copy as it would be found after a power cut now. Put back: while no process runs.
  Backup backup(LogSight log) const;
  void putBack(const Backup& backup);
  void wipe();

 private:
  struct Process;

  void fatal(ports::ExitCode code, const std::string& reason) override;
  void note(ports::Severity severity, const std::string& line) override;
  void onServing() override;
  void onStopped(ports::ExitCode code) override;
  void onWritten(const std::string& path, std::uint64_t offset, BytesView bytes) override;
  void onSynced(const std::string& path) override;
  // The store's timers are those of the process that lives now.
  void wakeAt(MonoTime when, ports::TimerSink& sink, std::uint64_t token) override;
  void atRoundEnd(ports::TimerSink& sink, std::uint64_t token) override;

  node::NodeOptions options() const;
  void bury();

  const std::uint32_t number_;
  const henge::Cluster& cluster_;
  Settings settings_;
  Settings widest_;
  EventHeap& heap_;
  SimNet& net_;
  MachineWatch& watch_;
  Chance chance_;
  HostId host_;
  SimClock clock_;
  kit::FakeFiles files_;
  storage::MemoryStore store_;
  DirectoryId directory_;
  std::unique_ptr<Life> life_;
  std::unique_ptr<Process> process_;
  bool serving_ = false;
  bool ended_ = false;
  std::vector<std::unique_ptr<Life>> graves_;  // until the heap has forgotten them
};

}  // namespace henge::sim
