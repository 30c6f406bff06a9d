// What must hold for hints (I7, I19), read off the logs of those who keep them.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "core/hint.h"
#include "core/ring.h"
#include "tests/sim/oracle/client_op.h"
#include "tests/sim/oracle/replica_oracle.h"
#include "tests/sim/oracle/verdict.h"

namespace henge::sim {

// A write that was OK, and the newest of its key for which somebody surely kept hints.
struct OwedWrite {
  std::size_t key = 0;
  Version version;
  std::uint64_t put = 0;
  std::uint32_t coordinator = 0;
};

class HintOracle {
 public:
  // `deadline`: no coordinator listens for longer to what it has sent.
  HintOracle(const ReplicaOracle& replicas, std::uint32_t nodes, Duration deadline, Judge& judge)
      : replicas_(replicas), deadline_(deadline), judge_(judge), machines_(nodes) {}

  // `wall`: of the keeper's machine, `steady`: nobody has touched its clock lately.
  void onWritten(std::uint32_t node, const std::vector<HintEntry>& entries, WallTime wall,
                 bool steady, const Sight& sight);
  void onDeath(std::uint32_t node, Death death, MonoTime now);
  void onPutEnd(const ClientOp& put, std::uint32_t coordinator);
  // `keeper` says of itself that it may have lost hints: it has dropped one, let one expire, was
  // told that one is never taken, or its log was damaged.
  void onMark(std::uint32_t keeper, const RepairMark& mark);

  // By key: what all its replicas must hold once every hint has been delivered, though nobody
  // reads.
  std::vector<OwedWrite> owed() const;
  // Unless its coordinator says that it may have lost the hint: `range` is that of the key.
  bool isOwedTo(std::uint32_t replica, const OwedWrite& write, const RingRange& range) const;

 private:
  struct Machine {
    std::map<HintId, WallTime> expiries;  // of what it keeps, as far as its log was seen
    std::vector<MonoTime> deaths;
    std::set<std::pair<NodeId, Bytes>> lost;  // hints for whom, of the range that begins there
  };
  struct Acknowledged {
    OwedWrite write;
    MonoTime begin;
    MonoTime end;  // of the coordinator's listening
  };

  void onRemoveHinted(std::uint32_t node, Version version);
  bool keptItsHints(const Acknowledged& write) const;

  const ReplicaOracle& replicas_;
  const Duration deadline_;
  Judge& judge_;
  std::vector<Machine> machines_;
  std::vector<Acknowledged> acknowledged_;
  std::set<std::uint64_t> hinted_;  // puts
  std::set<Version> hintedRemoves_;
  std::set<Version> refusedRemoves_;
};

}  // namespace henge::sim
