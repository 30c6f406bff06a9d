// What must hold for those who ask.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "core/request.h"
#include "server/ports/clock.h"
#include "tests/sim/check/history.h"
#include "tests/sim/oracle/client_op.h"
#include "tests/sim/oracle/hint_oracle.h"
#include "tests/sim/oracle/replica_oracle.h"
#include "tests/sim/oracle/verdict.h"

namespace henge::sim {

class ClientOracle {
 public:
  ClientOracle(const Ring& ring, const KeyTable& keys, const ReplicaOracle& replicas,
               HintOracle& hints, const ports::Clock& clock, Judge& judge);

  // A client asks. The number is the operation's id.
  std::uint64_t onBegin(ClientOp op);
  // The version is known from the begin: the client stamps by itself.
  void onStamped(std::uint64_t id, Version version) {
    op(id).version = version;
    op(id).stampedByClient = true;
  }
  // Its last word, by this node. A put that was sent more than once ends with its last answer.
  void onPutEnd(std::uint64_t id, ClientEnd end, const PutAnswer& answer, std::uint32_t node);
  void onGetEnd(std::uint64_t id, ClientEnd end, const GetAnswer& answer);

  const ClientOp* find(std::uint64_t id) const {
    return id == 0 || id > ops_.size() ? nullptr : &ops_[id - 1];
  }
  const std::vector<ClientOp>& ops() const { return ops_; }
  // No read at QUORUM may answer less, from now on.
  Version floor(std::size_t key) const { return keyStates_[key].quorum; }

  void onStart(std::uint32_t node);
  // A replica's disk was damaged: quorums cover that, ALL and ONE do not. Its clock may fall back.
  void onDamage(std::uint32_t node);

  // After the run: I13 over the whole history.
  void checkRegisters();

 private:
  struct KeyState {
    Version quorum;                            // the newest that was OK, or read, at QUORUM or ALL
    Version all;                               // the newest that was OK, or read, at ALL
    Version one;                               // the newest put that was OK at any level
    std::map<Version, std::uint64_t> writers;  // which operation was given which version
    std::map<Version, std::uint64_t> tombstones;  // read, and whose they are is not known
  };

  struct Stamper {
    std::optional<MonoTime> damagedAt;  // what it was asked until then counts no more
    MonoTime startedAt;
    std::int64_t highest = 0;  // of all stamps that clients were told
    std::int64_t before = 0;   // of those from before its latest start
  };

  ClientOp& op(std::uint64_t id) { return ops_[id - 1]; }
  void checkWritten(const ClientOp& op, const PutAnswer& answer);
  void checkVersionIsOwn(const ClientOp& op);
  void checkStampRises(const ClientOp& op, std::uint32_t node);
  void checkContents(ClientOp& op, const Record& record);
  void checkCounts(const ClientOp& op, const std::vector<NodeId>& nodes, const char* did);
  void checkTrace(const ClientOp& op, const std::string& trace,
                  const std::vector<NodeId>& answered);
  void checkFresh(const ClientOp& get);
  void raiseFloors(const ClientOp& op);
  void addTo(std::vector<RegisterOp>& history, const ClientOp& op) const;
  void addUnknownRemoves(std::vector<RegisterOp>& history, std::size_t key) const;
  std::uint64_t removeOf(std::size_t key, Version version) const;
  bool strong() const { return !replicas_.weakened(); }
  void violated(Invariant invariant, const ClientOp& op, const std::string& what,
                const std::vector<NodeId>& nodes = {});

  const Ring& ring_;
  const KeyTable& keys_;
  const ReplicaOracle& replicas_;
  HintOracle& hints_;
  const ports::Clock& clock_;
  Judge& judge_;
  std::vector<ClientOp> ops_;
  std::vector<KeyState> keyStates_;
  std::map<std::uint32_t, Stamper> stampers_;
  MonoTime damagedAt_{-1};  // the latest damage
};

}  // namespace henge::sim
