// A whole cluster, its clients and everything that goes wrong, in one thread.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/rehearsal.h"
#include "core/ring.h"
#include "tests/sim/net/sim_net.h"
#include "tests/sim/oracle/client_oracle.h"
#include "tests/sim/oracle/replica_oracle.h"
#include "tests/sim/plan/fault.h"
#include "tests/sim/world/client.h"
#include "tests/sim/world/event_heap.h"
#include "tests/sim/world/machine.h"
#include "tests/sim/world/trace.h"

namespace henge::sim {

class Nemesis;
class Caretaker;

// What a run amounts to.
struct Outcomes {
  std::optional<Violation> violation;
  std::uint64_t trace = 0;  // of everything that happened
  std::uint64_t events = 0;
  Duration simulated;
  std::uint64_t ops = 0;
  std::uint64_t okOps = 0;
  std::uint64_t refusedOps = 0;
  std::uint64_t restarts = 0;
  std::uint64_t cuts = 0;
  std::map<std::string, std::uint64_t, std::less<>> probes;
};

// One run: faults and clients for a time, then healing, then the promises that hold when all is
// well again. Stops at the first violation. One world at a time: it is the rehearsal (core).
class World final : private MachineWatch,
                    private NetWatch,
                    private Sight,
                    private Judge,
                    private Rehearsal {
 public:
  // `recording`: the last events of each node are kept as text.
  World(Case what, bool recording);
  ~World();
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  Outcomes run();
  const Trace& trace() const { return trace_; }

 private:
  friend class Nemesis;
  friend class Caretaker;
  friend class Finale;

  // Until `end`, or until `done` says so; false: a violation.
  bool runUntil(MonoTime end, const std::function<bool()>& done = nullptr);
  void afterEvent();
  void checkBounds(std::uint32_t node);
  Outcomes conclude();
  bool isHeldBack(std::uint32_t node) const;
  bool isUpForAll(std::uint32_t node) const;
  void clearAway();
  void startNode(std::uint32_t node);
  void endNode(std::uint32_t node, Death death);
  void noteMarks(std::uint32_t node);
  bool allServing() const;

  void onServing(std::uint32_t node) override;
  void onEnded(std::uint32_t node, ports::ExitCode code) override;
  void onLine(std::uint32_t node, const std::string& line) override;
  void onWritten(std::uint32_t node, DirectoryId directory, const std::string& path,
                 std::uint64_t offset, BytesView bytes) override;
  void onSynced(std::uint32_t node, const std::string& path) override;
  void onDelivered(HostId from, HostId to, std::uint64_t stream, std::uint64_t hash,
                   std::uint64_t bytes) override;

  std::optional<Record> heldBy(std::uint32_t node, std::size_t key) const override;
  bool answers(std::uint32_t node) const override;
  std::optional<Record> persistedBy(std::uint32_t node, std::size_t key) const override;
  LogPosition persistedPosition(std::uint32_t node) const override;
  bool hasSegment(std::uint32_t node, std::uint64_t segment) const override;
  bool knowsItMustRebuild(std::uint32_t node) const override;
  bool isRememberedBetter(std::uint32_t node) const override;
  bool remembersBetter(std::uint32_t peer, std::uint32_t node) const;
  const ClientOp* put(std::uint64_t id) const override { return clientOracle_.find(id); }

  void violated(Invariant invariant, const std::string& sentence,
                std::vector<std::uint32_t> nodes) override;
  bool takes(std::string_view site) override;
  void reached(std::string_view site) override;

  const Case case_;
  const henge::Cluster cluster_;
  const Ring ring_;
  const KeyTable keys_;
  EventHeap heap_;
  SimNet net_;
  Trace trace_;
  std::vector<std::unique_ptr<Machine>> machines_;
  ReplicaOracle replicaOracle_;
  HintOracle hintOracle_;
  ClientOracle clientOracle_;
  std::vector<HostId> clientHosts_;
  std::vector<std::unique_ptr<ports::Network>> clientNets_;
  std::vector<std::unique_ptr<SimClient>> clients_;
  std::unique_ptr<Nemesis> nemesis_;
  std::unique_ptr<Caretaker> caretaker_;
  Chance maybeChance_;
  bool rehearsing_ = true;
  MonoTime nextSweep_;
  std::size_t nextLink_ = 0;  // to be looked at
  // By themselves, not yet cleared away.
  std::vector<std::pair<std::uint32_t, ports::ExitCode>> ended_;
  Outcomes outcomes_;
};

henge::Cluster clusterOf(const Settings& settings);
KeyTable keysOf(const Settings& settings);

}  // namespace henge::sim
