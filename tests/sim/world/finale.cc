#include "tests/sim/world/finale.h"

#include <algorithm>

#include "server/node/node_parts.h"
#include "tests/sim/world/caretaker.h"
#include "tests/sim/world/first_missing.h"
#include "tests/sim/world/nemesis.h"
#include "tests/sim/world/world.h"

namespace henge::sim {

namespace {

std::string_view nameOf(Liveness liveness) {
  return liveness == Liveness::up ? "up" : liveness == Liveness::down ? "down" : "rebuilding";
}

constexpr Duration comeBackMax = 120_s;
constexpr Duration drainMax = 60_s;
constexpr Duration opMax = 5_s;

}  // namespace

// What operators would look at first, for whoever reads the violation.
void Finale::describe() {
  for (const auto& machine : world_.machines_) {
    const node::NodeParts* parts = machine->parts();
    if (parts == nullptr) continue;
    const ports::StorageStatus status = parts->storage.status();
    std::string text = "stands: applied " + toString(status.applied) + " synced " +
                       toString(status.synced) + " log bytes " + std::to_string(status.logBytes) +
                       " frozen " + std::to_string(status.frozenTables) + " in work " +
                       std::to_string(parts->coordinator.operations()) + "+" +
                       std::to_string(parts->replica.operations()) + " sees";
    for (const Member& member : world_.cluster_.members) {
      text += " " + std::string(nameOf(parts->peerBook.upSet().of(member.id)));
    }
    world_.trace_.line(world_.heap_.now(), parts->own.identity.node.value, text);
  }
}

void Finale::play() {
  world_.rehearsing_ = false;
  for (const auto& client : world_.clients_) client->stop();
  world_.nemesis_->healAll();
  if (comeBack() && endOldRequests() && handOver() && serveEveryKey() && drainQueues() && agree()) {
    world_.clientOracle_.checkRegisters();
  }
  if (world_.outcomes_.violation) describe();
}

bool Finale::comeBack() {
  const std::size_t nodes = world_.machines_.size();
  const auto isUp = [&](std::size_t pair) {
    Machine& machine = *world_.machines_[pair / nodes];
    const NodeId peer = world_.cluster_.members[pair % nodes].id;
    return machine.isServing() && machine.files().stalledUntil() <= world_.heap_.now() &&
           machine.parts()->peerBook.upSet().isUp(peer);
  };
  FirstMissing missing;
  const auto allUp = [&] { return missing.none(nodes * nodes, isUp); };
  if (!world_.runUntil(world_.heap_.now() + comeBackMax, allUp)) return false;
  if (allUp()) return true;
  const auto node = static_cast<std::uint32_t>(missing.at() / nodes);
  world_.violated(Invariant::live,
                  toString(NodeId{node}) + " does not see everybody up, long after all was healed",
                  {node});
  return false;
}

// What clients had asked before is answered or given up, by them and by the nodes.
bool Finale::endOldRequests() {
  const auto ended = [this] {
    return std::all_of(world_.clients_.begin(), world_.clients_.end(),
                       [](const auto& client) { return client->inFlight() == 0; });
  };
  if (!world_.runUntil(world_.heap_.now() + drainMax, ended)) return false;
  return drainQueues() && world_.runUntil(world_.heap_.now() + 2_s);
}

// Again within its time if it is refused: a queue may be draining still.
bool Finale::succeeds(ClientVerb verb, std::size_t key, Consistency level) {
  const MonoTime end = world_.heap_.now() + opMax;
  SimClient& client = *world_.clients_.front();
  const auto nodes = static_cast<std::uint32_t>(world_.machines_.size());
  while (world_.heap_.now() < end) {
    const std::uint64_t id = client.ask(verb, key, level, turn_++ % nodes, 2_s);
    const auto ended = [&] { return world_.clientOracle_.find(id)->state != ClientEnd::open; };
    if (!world_.runUntil(world_.heap_.now() + opMax, ended)) return false;
    if (world_.clientOracle_.find(id)->state == ClientEnd::ok) return true;
    if (!world_.runUntil(world_.heap_.now() + 50_ms)) return false;
  }
  world_.violated(Invariant::live,
                  std::string(verb == ClientVerb::get ? "a get" : "a put") + " of key " +
                      std::to_string(key) + " at " + std::string(nameOf(level)) +
                      " does not succeed within 5 s, long after all was healed",
                  {});
  return false;
}

// Before anything is read: what hints alone have brought.
bool Finale::handOver() {
  FirstMissing keeping;
  const auto isEmpty = [this](std::size_t node) {
    return world_.machines_[node]->parts()->handoff.total().count == 0;
  };
  const auto empty = [&] { return keeping.none(world_.machines_.size(), isEmpty); };
  if (!world_.runUntil(world_.heap_.now() + drainMax, empty)) return false;
  if (!empty()) {
    const auto node = static_cast<std::uint32_t>(keeping.at());
    world_.violated(Invariant::live, toString(NodeId{node}) + " keeps hints 60 s after all are up",
                    {node});
    return false;
  }
  for (std::uint32_t n = 0; n < world_.machines_.size(); ++n) world_.noteMarks(n);
  for (const OwedWrite& write : world_.hintOracle_.owed()) {
    const RingRange& range = world_.ring_.rangeOf(world_.keys_.keys[write.key]);
    for (const NodeId node : range.replicas) {
      if (world_.replicaOracle_.wasHarmed(node.value)) continue;
      if (!world_.hintOracle_.isOwedTo(node.value, write, range)) continue;
      world_.reached("handoff: a write is owed");
      const auto held = world_.heldBy(node.value, write.key);
      if (held && held->version >= write.version) continue;
      world_.violated(Invariant::handedOver,
                      toString(node) + " lacks " + toString(write.version) + " of key " +
                          std::to_string(write.key) + ", which was OK at " +
                          toString(NodeId{write.coordinator}) + "; no hint for it is left",
                      {node.value, write.coordinator});
      return false;
    }
  }
  return true;
}

bool Finale::serveEveryKey() {
  for (std::size_t key = 0; key < world_.keys_.keys.size(); ++key) {
    if (!succeeds(ClientVerb::get, key, Consistency::quorum)) return false;
    if (key % 3 == 0 && !succeeds(ClientVerb::put, key, Consistency::quorum)) return false;
    if (!succeeds(ClientVerb::get, key, Consistency::all)) return false;
  }
  return true;
}

bool Finale::drainQueues() {
  FirstMissing busy;
  const auto isIdle = [this](std::size_t node) {
    const node::NodeParts& parts = *world_.machines_[node]->parts();
    return parts.coordinator.operations() == 0 && parts.replica.operations() == 0 &&
           parts.storage.tables().frozen() == 0;
  };
  const auto drained = [&] { return busy.none(world_.machines_.size(), isIdle); };
  if (!world_.runUntil(world_.heap_.now() + drainMax, drained)) return false;
  if (drained()) return true;
  world_.violated(Invariant::live, "queues do not drain within 60 s", {});
  return false;
}

// After a read at ALL of every key: one record everywhere, and none older than what was OK.
bool Finale::agree() {
  for (std::size_t key = 0; key < world_.keys_.keys.size(); ++key) {
    std::optional<Record> first;
    bool same = true;
    const auto& replicas = world_.ring_.replicasOf(world_.keys_.keys[key]);
    std::vector<std::uint32_t> concerned;
    std::string all;
    for (const NodeId node : replicas) {
      const auto held = world_.heldBy(node.value, key);
      all += " " + toString(node) + " " + (held ? toString(held->version) : "nothing");
      if (node == replicas.front()) first = held;
      same = same && held == first;
      concerned.push_back(node.value);
    }
    const std::string name = "key " + std::to_string(key);
    if (!same)
      world_.violated(Invariant::convergence, name + ": replicas differ:" + all, concerned);
    const Version version = first ? first->version : Version{};
    if (!world_.replicaOracle_.weakened() && version < world_.clientOracle_.floor(key)) {
      world_.violated(Invariant::finalValue, name + " ends older than what was OK", concerned);
    }
  }
  return !world_.outcomes_.violation;
}

}  // namespace henge::sim
