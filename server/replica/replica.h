// This node as the holder of keys: the newest-wins gate in front of the log, tables and store.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "core/limits.h"
#include "core/ring.h"
#include "server/ports/clock.h"
#include "server/ports/events.h"
#include "server/ports/membership.h"
#include "server/ports/replica_service.h"
#include "server/ports/stamps.h"
#include "server/ports/storage.h"

namespace henge::replica {

struct ReplicaOptions {
  NodeId self;
  Limits limits;
  std::size_t operationsMax = 16'384;  // waiting for storage; above it: refused, overloaded
};

struct ReplicaEnv {
  ports::Clock& clock;
  const ports::Membership& membership;
  ports::Stamps& stamps;
  ports::Events& events;
};

// Since the node started.
struct ReplicaCounters {
  std::uint64_t applies = 0;
  std::uint64_t applied = 0;
  std::uint64_t appliedEqual = 0;  // of the applied: the very record was held before
  std::uint64_t superseded = 0;
  std::uint64_t appliesRebuilding = 0;
  std::uint64_t fetches = 0;
  std::uint64_t fetched = 0;  // held or absent
  std::uint64_t fetchesRebuilding = 0;
  std::uint64_t refusedOverloaded = 0;
  std::uint64_t refusedStaleEpoch = 0;
  std::uint64_t refusedDiskFull = 0;
  std::uint64_t refusedStamp = 0;
  std::uint64_t refusedExpired = 0;
  std::uint64_t refusedNotOwner = 0;
  std::uint64_t refusedInvalid = 0;
  std::uint64_t refusedUnread = 0;  // what is held could not be read
  std::uint64_t stampsAhead = 0;    // taken from members although far ahead of the clock

  std::map<std::string, std::int64_t> named() const;  // "replica_applies" → 12, every field
};

// Applies a record if it is newer than what is held, by core/record.h's order, whatever its source;
// answers `applied` and `superseded` only about what is synced (under --log_sync always). A version
// held never falls. Refusals come before the append: then the record is surely not here.
// docs/mechanisms/quorum_write.md
//
// Each call is answered exactly once, perhaps inside the call (see ReplicaRoute).
// Thread: its loop only. Sinks and ports outlive the calls. attach() comes before the first call.
class Replica final : public ports::ReplicaService, public ports::StorageSink {
 public:
  Replica(ReplicaOptions options, std::shared_ptr<const Ring> ring, ReplicaEnv env);

  // Storage is made after its sink; it outlives the replica's last call.
  void attach(ports::Storage& storage) { storage_ = &storage; }

  void apply(OpId op, ports::ReplicaSink& sink, ApplyRequest request) override;
  void fetch(OpId op, ports::ReplicaSink& sink, FetchRequest request) override;

  void onLooked(OpId op, Result<std::optional<Record>> held) override;
  void onAppended(OpId op, ports::AppendOutcome outcome) override;

  std::size_t operations() const { return applies_.size() + fetches_.size(); }
  const ReplicaCounters& counters() const { return counters_; }

 private:
  struct Asker {
    OpId op;
    ports::ReplicaSink* sink = nullptr;
    std::optional<MonoTime> storageSince;  // traced: when storage was first asked
  };
  struct Apply {
    Asker asker;
    MonoTime deadline;
    Record record;  // until it is appended
    Source source = Source::client;
  };
  struct Fetch {
    Asker asker;
    bool withValue = true;
  };
  struct Refused {
    Refusal refusal = Refusal::none;
    std::string message;
    bool rebuilding = false;  // then that is the answer
  };

  bool rebuilding() const;
  std::optional<Refused> refusesAny(MonoTime deadline, std::uint64_t epoch, BytesView key) const;
  std::optional<Refused> refuses(const ApplyRequest& request) const;
  bool isAhead(const Record& record) const;
  std::optional<Refused> admit(OpId op, const Record& record);

  void compare(OpId op, Apply& apply, const std::optional<Record>& held);
  void onLookedForWrite(OpId op, Apply& apply, const Result<std::optional<Record>>& held);

  void answerHeld(Asker asker, bool withValue, std::optional<Record> held);
  Asker drop(OpId op);
  std::optional<MonoTime> nowIfTraced(std::uint64_t traceId) const;
  ReplicaTimes timesOf(const Asker& asker) const;

  void answer(Asker asker, ApplyReply reply);
  void answerRebuilding(Asker asker);
  void answerRebuildingFetch(Asker asker);
  void refuse(Asker asker, Refused refused);
  void refuseFetch(Asker asker, Refused refused);
  void count(Refusal refusal);
  void noteUnread(const Error& error);

  ReplicaOptions options_;
  std::shared_ptr<const Ring> ring_;
  ReplicaEnv env_;
  ports::Storage* storage_ = nullptr;
  ReplicaCounters counters_;
  std::optional<MonoTime> unreadNoted_;  // when an operator was last told
  std::uint64_t lastOp_ = 0;
  std::unordered_map<OpId, Apply> applies_;  // admitted, not yet answered
  std::unordered_map<OpId, Fetch> fetches_;  // waiting for the store
};

}  // namespace henge::replica
