#include "tests/sim/world/finale.h"

#include <algorithm>

#include "server/node/node_parts.h"
#include "tests/sim/world/caretaker.h"
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
  if (comeBack() && serveEveryKey() && drainQueues() && agree()) {
    world_.clientOracle_.checkRegisters();
  }
  if (world_.outcomes_.violation) describe();
}

// Every process serves, every link is up, everybody votes.
bool Finale::comeBack() {
  const auto isUp = [this](std::uint32_t node) {
    return world_.machines_[node]->isServing() &&
           world_.machines_[node]->files().stalledUntil() <= world_.heap_.now() &&
           std::all_of(world_.cluster_.members.begin(), world_.cluster_.members.end(),
                       [&](const Member& member) {
                         return world_.machines_[node]->parts()->peerBook.upSet().of(member.id) ==
                                Liveness::up;
                       });
  };
  const auto nodes = static_cast<std::uint32_t>(world_.machines_.size());
  std::uint32_t missing = 0;
  const auto allUp = [&] {
    for (missing = 0; missing < nodes && isUp(missing);) ++missing;
    return missing == nodes;
  };
  if (!world_.runUntil(world_.heap_.now() + comeBackMax, allUp)) return false;
  if (allUp()) return true;
  world_.violated(
      Invariant::live,
      "n" + std::to_string(missing) + " does not see everybody up, long after all was healed",
      {missing});
  return false;
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

bool Finale::serveEveryKey() {
  for (std::size_t key = 0; key < world_.keys_.keys.size(); ++key) {
    if (!succeeds(ClientVerb::get, key, Consistency::quorum)) return false;
    if (key % 3 == 0 && !succeeds(ClientVerb::put, key, Consistency::quorum)) return false;
    if (!succeeds(ClientVerb::get, key, Consistency::all)) return false;
  }
  return true;
}

bool Finale::drainQueues() {
  const auto drained = [this] {
    return std::all_of(world_.machines_.begin(), world_.machines_.end(), [](const auto& machine) {
      const node::NodeParts& parts = *machine->parts();
      return parts.coordinator.operations() == 0 && parts.replica.operations() == 0 &&
             parts.storage.tables().frozen() == 0;
    });
  };
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
    for (const NodeId node : replicas) {
      const auto held = world_.heldBy(node.value, key);
      if (node == replicas.front()) first = held;
      same = same && held == first;
      concerned.push_back(node.value);
    }
    const std::string name = "key " + std::to_string(key);
    if (!same) world_.violated(Invariant::convergence, name + ": replicas differ", concerned);
    const Version version = first ? first->version : Version{};
    if (!world_.replicaOracle_.weakened() && version < world_.clientOracle_.floor(key)) {
      world_.violated(Invariant::finalValue, name + " ends older than what was OK", concerned);
    }
  }
  return !world_.outcomes_.violation;
}

}  // namespace henge::sim
