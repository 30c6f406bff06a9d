// What must hold on the machines: what is synced stays, nothing falls, who lost something is told.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/ring.h"
#include "server/storage/storage_options.h"
#include "tests/sim/oracle/client_op.h"
#include "tests/sim/oracle/log_sight.h"
#include "tests/sim/oracle/verdict.h"

namespace henge::sim {

// What the running process of a node would answer of a key, seen from above.
class Sight {
 public:
  virtual std::optional<Record> heldBy(std::uint32_t node, std::size_t key) const = 0;
  // Whether it answers that at all: not while its store is brought back from the log.
  virtual bool answers(std::uint32_t node) const = 0;
  // What the store would hold of it after a crash now.
  virtual std::optional<Record> persistedBy(std::uint32_t node, std::size_t key) const = 0;
  virtual LogPosition persistedPosition(std::uint32_t node) const = 0;
  virtual bool hasSegment(std::uint32_t node, std::uint64_t segment) const = 0;
  // Whether the node itself knows that it may not vote.
  virtual bool knowsItMustRebuild(std::uint32_t node) const = 0;
  // Whether each other member remembers, on disk, that this node's log was longer than it is now,
  // or another directory of it.
  virtual bool isRememberedBetter(std::uint32_t node) const = 0;
  // The client's operation behind a put's value; nullptr: nobody's.
  virtual const ClientOp* put(std::uint64_t id) const = 0;

 protected:
  ~Sight() = default;
};

// How the last process on a machine ended.
enum class Death : std::uint8_t {
  none,     // there was none
  stopped,  // as it was told to, all its work ended
  killed,   // all that was written can be read back
  cut,      // what was not synced may be gone
};

class ReplicaOracle {
 public:
  ReplicaOracle(storage::LogSync logSync, std::uint32_t nodes, const Ring& ring,
                const KeyTable& keys, const Sight& sight, Judge& judge);

  // The disk tells.
  void onWritten(std::uint32_t node, DirectoryId directory, const std::string& path,
                 std::uint64_t offset, BytesView bytes);
  void onSynced(std::uint32_t node, const std::string& path);

  // The machine tells. Damage: from outside; what was promised may be gone.
  void onDeath(std::uint32_t node, Death death);
  void onDamage(std::uint32_t node, MonoTime now);
  void onServing(std::uint32_t node);
  void onAccepted(std::uint32_t node) { trustAgain(node); }

  // Backups of a machine's disk: of its sight too.
  LogSight copyOf(std::uint32_t node) const { return machines_[node].log; }
  void restore(std::uint32_t node, LogSight log) { machines_[node].log = std::move(log); }
  void wipe(std::uint32_t node) { machines_[node].log = LogSight(*keys_); }

  // Once a simulated second, and when a key is answered: I3, I15.
  void look(std::uint32_t node, std::size_t key);
  void lookAll(std::uint32_t node);

  // Of the key's replicas, those that are known to keep this version or a newer one. The doubtful
  // keep what they are told like all others; whether that counts is the asker's to say.
  std::vector<NodeId> keepers(std::size_t key, Version version, bool doubtfulToo) const;
  // It may have lost something and nobody has accepted that.
  bool isDoubtful(std::uint32_t node) const { return machines_[node].doubtful; }
  bool isDoubtfulSince(std::uint32_t node, MonoTime time) const {
    return machines_[node].doubtful && machines_[node].doubtfulAt < time;
  }
  // Something was done to its disk from outside, ever.
  bool wasHarmed(std::uint32_t node) const { return machines_[node].harmed; }
  // By the write that was told last.
  const std::vector<HintEntry>& hintsWritten(std::uint32_t node) const;
  // Whether any log has it. Of a remove whose version is not known: false.
  bool isLogged(const ClientOp& write) const;
  // A power cut has taken what the mode of --log_sync does not promise to keep; or an old copy of a
  // disk came back so soon that no peer could know better.
  bool weakened() const { return weakened_; }

 private:
  struct Machine {
    LogSight log;
    std::vector<Version> promised;  // by key: what it has kept while it was in no doubt
    std::vector<Version> seen;      // by key: by the process that runs now
    Death death = Death::none;
    bool doubtful = false;
    MonoTime doubtfulAt;
    bool harmed = false;
    bool recovering = false;        // from a death until it serves again
    std::vector<std::size_t> keys;  // of which it is a replica
  };
  struct Written {
    std::uint64_t digest;
    std::uint64_t put;  // 0: a tombstone
  };

  void checkRecord(std::uint32_t node, const LogEntry& entry, const Record& record);
  void promise(Machine& machine, const LogEntry& entry);
  void checkPrefix(std::uint32_t node);
  void checkAmnesia(std::uint32_t node);
  void trustAgain(std::uint32_t node);
  std::vector<Version> heldVersions(std::uint32_t node) const;
  void checkLogAndEngine(std::uint32_t node);
  std::string keyName(std::size_t key) const;

  storage::LogSync logSync_;
  const Ring& ring_;
  const KeyTable* keys_;
  const Sight& sight_;
  Judge& judge_;
  std::vector<Machine> machines_;
  std::vector<std::map<Version, Written>> written_;  // by key: every version in any log
  bool weakened_ = false;
};

}  // namespace henge::sim
