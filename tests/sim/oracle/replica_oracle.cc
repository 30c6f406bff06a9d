#include "tests/sim/oracle/replica_oracle.h"

#include <algorithm>

namespace henge::sim {

namespace {

std::string name(std::uint32_t node) { return toString(NodeId{node}); }

}  // namespace

ReplicaOracle::ReplicaOracle(storage::LogSync logSync, std::uint32_t nodes, const Ring& ring,
                             const KeyTable& keys, const Sight& sight, Judge& judge)
    : logSync_(logSync),
      ring_(ring),
      keys_(&keys),
      sight_(sight),
      judge_(judge),
      written_(keys.keys.size()) {
  const std::vector<Version> none(keys.keys.size());
  for (std::uint32_t n = 0; n < nodes; ++n) {
    machines_.push_back({LogSight(keys), none, none, Death::none, false, {}, false, false, {}});
  }
  for (std::size_t k = 0; k < keys.keys.size(); ++k) {
    for (const NodeId node : ring.replicasOf(keys.keys[k])) machines_[node.value].keys.push_back(k);
  }
}

std::string ReplicaOracle::keyName(std::size_t key) const { return "key " + std::to_string(key); }

void ReplicaOracle::onWritten(std::uint32_t node, DirectoryId directory, const std::string& path,
                              std::uint64_t offset, BytesView bytes) {
  Machine& machine = machines_[node];
  if (machine.recovering) return;
  for (const auto& [entry, record] : machine.log.onWritten(path, offset, bytes, directory)) {
    checkRecord(node, entry, record);
    if (logSync_ != storage::LogSync::always) promise(machine, entry);
  }
}

const std::vector<HintEntry>& ReplicaOracle::hintsWritten(std::uint32_t node) const {
  static const std::vector<HintEntry> none;
  return machines_[node].recovering ? none : machines_[node].log.hintsWritten();
}

void ReplicaOracle::onSynced(std::uint32_t node, const std::string& path) {
  Machine& machine = machines_[node];
  if (machine.recovering) return;
  for (const LogEntry& entry : machine.log.onSynced(path)) {
    if (logSync_ == storage::LogSync::always) promise(machine, entry);
  }
}

void ReplicaOracle::promise(Machine& machine, const LogEntry& entry) {
  if (machine.doubtful) return;
  machine.promised[entry.key] = std::max(machine.promised[entry.key], entry.version);
}

// Whatever way it came, it is somebody's put, whole, under a version of its own, and not one that
// was refused.
void ReplicaOracle::checkRecord(std::uint32_t node, const LogEntry& entry, const Record& record) {
  const std::uint64_t id = record.isTombstone() ? 0 : putOf(record.value);
  const Written written{entry.digest, id};
  const auto [known, isNew] = written_[entry.key].emplace(entry.version, written);
  if (!isNew && known->second.digest != written.digest) {
    judge_.violated(
        Invariant::unique,
        toString(entry.version) + " of " + keyName(entry.key) + " is given to two writes", {node});
  }
  if (record.isTombstone()) return;
  const ClientOp* put = sight_.put(id);
  if (put == nullptr || put->verb != ClientVerb::put || put->key != entry.key ||
      record.value != valueOf(id, put->valueBytes)) {
    return judge_.violated(
        Invariant::integrity,
        name(node) + " logs a value of " + keyName(entry.key) + " that nobody has put", {node});
  }
  if (put->state == ClientEnd::refused) {
    judge_.violated(Invariant::failureIsFailure,
                    name(node) + " logs put " + std::to_string(id) + ", which was surely refused",
                    {node});
  }
}

void ReplicaOracle::onDeath(std::uint32_t node, Death death) {
  Machine& machine = machines_[node];
  machine.death = std::max(machine.death, death);
  machine.recovering = true;
  if (death == Death::cut && logSync_ != storage::LogSync::always) {
    weakened_ = true;
    for (std::size_t k = 0; k < machine.promised.size(); ++k) {
      machine.promised[k] = std::min(machine.promised[k], machine.log.synced(k).version);
    }
  }
}

void ReplicaOracle::onDamage(std::uint32_t node, MonoTime now) {
  Machine& machine = machines_[node];
  if (!machine.doubtful) machine.doubtfulAt = now;
  machine.doubtful = true;
  machine.harmed = true;
}

bool ReplicaOracle::isLogged(const ClientOp& write) const {
  const auto& versions = written_[write.key];
  if (write.verb == ClientVerb::remove) return versions.contains(write.version);
  return std::any_of(versions.begin(), versions.end(),
                     [&](const auto& entry) { return entry.second.put == write.id; });
}

void ReplicaOracle::onServing(std::uint32_t node) {
  Machine& machine = machines_[node];
  machine.doubtful ? checkAmnesia(node) : checkPrefix(node);
  machine.log.assumeSynced(sight_.persistedPosition(node));
  machine.death = Death::none;
  machine.recovering = false;
  machine.seen = heldVersions(node);
  // What a start has read back is in the store, and durable, before it serves.
  for (std::size_t k = 0; k < machine.seen.size() && !machine.doubtful; ++k) {
    machine.promised[k] = std::max(machine.promised[k], machine.seen[k]);
  }
}

std::vector<Version> ReplicaOracle::heldVersions(std::uint32_t node) const {
  std::vector<Version> versions;
  for (std::size_t k = 0; k < keys_->keys.size(); ++k) {
    const auto held = sight_.heldBy(node, k);
    versions.push_back(held ? held->version : Version{});
  }
  return versions;
}

// Everything synced, and of what was only written the first so many, with no hole between.
void ReplicaOracle::checkPrefix(std::uint32_t node) {
  Machine& machine = machines_[node];
  const std::vector<LogEntry> tail = machine.log.unsynced();
  const std::vector<Version> is = heldVersions(node);
  std::vector<Version> should;
  for (std::size_t k = 0; k < is.size(); ++k) should.push_back(machine.log.synced(k).version);
  const std::vector<Version> synced = should;
  std::optional<std::size_t> fits;
  for (std::size_t n = 0;; ++n) {
    if (is == should) fits = n;
    if (n == tail.size()) break;
    should[tail[n].key] = std::max(should[tail[n].key], tail[n].version);
  }
  const bool allExpected = machine.death == Death::killed || machine.death == Death::stopped;
  if (fits && (!allExpected || is == should)) return machine.log.recovered(*fits);
  for (std::size_t k = 0; k < is.size(); ++k) {
    const Version least = allExpected ? should[k] : synced[k];
    if (is[k] < least) {
      return judge_.violated(Invariant::prefixLog,
                             name(node) + " comes back with " + toString(is[k]) + " of " +
                                 keyName(k) + ", its disk was told to keep " + toString(least),
                             {node});
    }
  }
  std::string what;
  for (std::size_t k = 0; k < is.size(); ++k) {
    if (is[k] != synced[k])
      what += "; " + keyName(k) + " is " + toString(is[k]) + ", synced " + toString(synced[k]);
  }
  for (const LogEntry& entry : tail) {
    what += "; then " + keyName(entry.key) + " " + toString(entry.version);
  }
  judge_.violated(Invariant::prefixLog,
                  name(node) + " comes back with what is no prefix of its log" + what, {node});
}

// After damage it may have everything still; if it has not, it must know, or its peers must.
void ReplicaOracle::checkAmnesia(std::uint32_t node) {
  Machine& machine = machines_[node];
  const std::vector<Version> is = heldVersions(node);
  bool lost = false;
  for (std::size_t k = 0; k < is.size(); ++k) lost = lost || is[k] < machine.promised[k];
  machine.log.assume(is);
  const bool heldBack = sight_.knowsItMustRebuild(node);
  if (lost && !heldBack && !sight_.isRememberedBetter(node)) {
    weakened_ = true;
    return trustAgain(node);
  }
  if (!lost && !heldBack) trustAgain(node);
}

// From here on it counts as keeping what it holds, no more.
void ReplicaOracle::trustAgain(std::uint32_t node) {
  Machine& machine = machines_[node];
  machine.doubtful = false;
  machine.promised = heldVersions(node);
  machine.log.assumeSynced(sight_.persistedPosition(node));
}

void ReplicaOracle::look(std::uint32_t node, std::size_t key) {
  if (!sight_.answers(node)) return;
  Version& seen = machines_[node].seen[key];
  const auto held = sight_.heldBy(node, key);
  const Version version = held ? held->version : Version{};
  if (version < seen) {
    judge_.violated(Invariant::monotone,
                    name(node) + " held " + toString(seen) + " of " + keyName(key) +
                        " and now holds " + toString(version),
                    {node});
  }
  seen = version;
  if (!held) return;
  const auto known = written_[key].find(version);
  if (known == written_[key].end() || known->second.digest != digestOf(*held)) {
    judge_.violated(Invariant::noBackFlow,
                    name(node) + " holds under " + toString(version) + " of " + keyName(key) +
                        " what no log says",
                    {node});
  }
}

void ReplicaOracle::lookAll(std::uint32_t node) {
  for (const std::size_t k : machines_[node].keys) look(node, k);
  checkLogAndEngine(node);
}

// If the power went now: the store's position lies within what is synced, and the newest synced
// record of each key is in the store, or behind that position in a segment that is still there.
void ReplicaOracle::checkLogAndEngine(std::uint32_t node) {
  const Machine& machine = machines_[node];
  if (machine.doubtful) return;
  const LogPosition position = sight_.persistedPosition(node);
  if (machine.log.syncedEnd() < position) {
    return judge_.violated(Invariant::logAndEngine,
                           name(node) + "'s store stands at " + toString(position) +
                               ", its log is synced to " + toString(machine.log.syncedEnd()),
                           {node});
  }
  for (const std::size_t k : machine.keys) {
    const Newest& newest = machine.log.synced(k);
    if (newest.version.isNone() || newest.at == LogPosition{}) continue;
    if (position < newest.at && sight_.hasSegment(node, newest.at.segment)) continue;
    const auto row = sight_.persistedBy(node, k);
    if (row && row->version >= newest.version) continue;
    judge_.violated(Invariant::logAndEngine,
                    name(node) + "'s log has " + toString(newest.version) + " of " + keyName(k) +
                        " at " + toString(newest.at) + ", its store stands at " +
                        toString(position) + " and has " +
                        (row ? toString(row->version) : std::string("nothing")),
                    {node});
  }
}

std::vector<NodeId> ReplicaOracle::keepers(std::size_t key, Version version,
                                           bool doubtfulToo) const {
  std::vector<NodeId> nodes;
  for (const NodeId node : ring_.replicasOf(keys_->keys[key])) {
    const Machine& machine = machines_[node.value];
    const bool keeps =
        machine.promised[key] >= version ||
        (doubtfulToo && machine.doubtful && machine.log.synced(key).version >= version);
    if (keeps) nodes.push_back(node);
  }
  return nodes;
}

}  // namespace henge::sim
