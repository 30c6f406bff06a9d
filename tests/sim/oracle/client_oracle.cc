#include "tests/sim/oracle/client_oracle.h"

#include <algorithm>

#include "tests/sim/check/zones.h"
#include "tests/sim/oracle/trace_text.h"

namespace henge::sim {

namespace {

// Tombstones whose remove is not known stand for themselves.
constexpr std::uint64_t unknownRemoves = 1ULL << 62;

bool isStrong(Consistency level) { return level != Consistency::one; }

std::string nameOf(const ClientOp& op) {
  const char* verb = op.verb == ClientVerb::put      ? "put"
                     : op.verb == ClientVerb::remove ? "remove"
                                                     : "get";
  return std::string(verb) + " " + std::to_string(op.id) + " of key " + std::to_string(op.key) +
         " at " + std::string(henge::nameOf(op.level));
}

}  // namespace

ClientOracle::ClientOracle(const Ring& ring, const KeyTable& keys, const ReplicaOracle& replicas,
                           HintOracle& hints, const ports::Clock& clock, Judge& judge)
    : ring_(ring),
      keys_(keys),
      replicas_(replicas),
      hints_(hints),
      clock_(clock),
      judge_(judge),
      keyStates_(keys.keys.size()) {}

void ClientOracle::violated(Invariant invariant, const ClientOp& op, const std::string& what,
                            const std::vector<NodeId>& nodes) {
  std::vector<std::uint32_t> concerned;
  for (const NodeId node : nodes.empty() ? ring_.replicasOf(keys_.keys[op.key]) : nodes) {
    concerned.push_back(node.value);
  }
  judge_.violated(invariant, nameOf(op) + ": " + what, std::move(concerned));
}

std::uint64_t ClientOracle::onBegin(ClientOp begun) {
  const KeyState& key = keyStates_[begun.key];
  begun.id = ops_.size() + 1;
  begun.begin = clock_.now();
  begun.floorQuorum = key.quorum;
  begun.floorAll = key.all;
  begun.floorOne = key.one;
  ops_.push_back(begun);
  return begun.id;
}

void ClientOracle::onPutEnd(std::uint64_t id, ClientEnd end, const PutAnswer& answer,
                            std::uint32_t node) {
  ClientOp& put = op(id);
  put.end = clock_.now();
  put.state = end;
  put.superseded = answer.superseded;
  checkTrace(put, answer.trace, answer.acknowledgedBy);
  if (!answer.version.isNone()) put.version = answer.version;
  if (!put.version.isNone()) checkVersionIsOwn(put);
  if (!answer.version.isNone() && !put.stampedByClient) checkStampRises(put, node);
  if (end == ClientEnd::ok) {
    checkWritten(put, answer);
    raiseFloors(put);
  } else if (end == ClientEnd::refused && replicas_.isLogged(put)) {
    violated(Invariant::failureIsFailure, put, "surely refused, but a log has it");
  }
  hints_.onPutEnd(put, node);
}

void ClientOracle::checkVersionIsOwn(const ClientOp& op) {
  const auto [writer, isNew] = keyStates_[op.key].writers.emplace(op.version, op.id);
  if (isNew || writer->second == op.id) return;
  violated(Invariant::unique, op,
           toString(op.version) + " was given to operation " + std::to_string(writer->second));
}

void ClientOracle::onStart(std::uint32_t node) {
  Stamper& stamper = stampers_[node];
  stamper.startedAt = clock_.now();
  stamper.before = stamper.highest;
}

// Whatever its wall clock does: what it stamps is above all that it stamped before its last start.
void ClientOracle::checkStampRises(const ClientOp& op, std::uint32_t node) {
  Stamper& stamper = stampers_[node];
  if (stamper.damagedAt && op.begin <= *stamper.damagedAt) return;
  const bool isOfThisStart = op.begin > stamper.startedAt;
  if (isOfThisStart && op.version.timestamp <= stamper.before) {
    violated(Invariant::unique, op,
             toString(NodeId{node}) + " stamps " + toString(op.version) +
                 ", not above what it stamped before it was started again",
             {NodeId{node}});
  }
  stamper.highest = std::max(stamper.highest, op.version.timestamp);
}

// Members of the key's replica set, each once, and enough of them in no doubt.
void ClientOracle::checkCounts(const ClientOp& op, const std::vector<NodeId>& nodes,
                               const char* did) {
  const auto& members = ring_.replicasOf(keys_.keys[op.key]);
  const std::set<NodeId> distinct(nodes.begin(), nodes.end());
  const bool areMembers = std::all_of(nodes.begin(), nodes.end(), [&](NodeId node) {
    return std::find(members.begin(), members.end(), node) != members.end();
  });
  if (!areMembers || distinct.size() != nodes.size()) {
    return violated(Invariant::okMeansQuorum, op,
                    std::string("somebody who is no replica, or somebody twice, ") + did, nodes);
  }
  const auto trusted = std::count_if(nodes.begin(), nodes.end(), [&](NodeId node) {
    return !replicas_.isDoubtfulSince(node.value, op.begin);
  });
  // One node alone, asked for itself alone, may not have met anybody yet who could tell it.
  if (trusted >= requiredOf(op.level, ring_.replication()) || !strong() || !isStrong(op.level)) {
    return;
  }
  violated(Invariant::amnesia, op,
           std::string("counts a replica that may have lost what it ") + did, nodes);
}

void ClientOracle::checkWritten(const ClientOp& op, const PutAnswer& answer) {
  checkCounts(op, answer.acknowledgedBy, "acknowledged");
  if (!strong()) return;
  const std::vector<NodeId> keepers = replicas_.keepers(op.key, op.version, !isStrong(op.level));
  const auto needed = static_cast<std::size_t>(requiredOf(op.level, ring_.replication()));
  if (keepers.size() < needed) {
    violated(Invariant::okMeansQuorum, op,
             "OK, but " + toString(op.version) + " is kept by " + std::to_string(keepers.size()) +
                 " of the " + std::to_string(needed) + " replicas it takes");
  }
  if (isStrong(op.level) && !op.superseded && op.version < op.floorQuorum) {
    violated(Invariant::fresh, op,
             "OK and the newest under " + toString(op.version) + ", though " +
                 toString(op.floorQuorum) + " was there before it began");
  }
}

void ClientOracle::raiseFloors(const ClientOp& op) {
  KeyState& key = keyStates_[op.key];
  if (isStrong(op.level)) key.quorum = std::max(key.quorum, op.version);
  // What the damaged replica had said before may reach a client after the damage.
  if (op.begin <= damagedAt_) return;
  if (op.level == Consistency::all) key.all = std::max(key.all, op.version);
  if (op.verb != ClientVerb::get) key.one = std::max(key.one, op.version);
}

void ClientOracle::onGetEnd(std::uint64_t id, ClientEnd end, const GetAnswer& answer) {
  ClientOp& get = op(id);
  get.end = clock_.now();
  get.state = end;
  checkTrace(get, answer.trace, answer.answeredBy);
  if (end != ClientEnd::ok) return;
  if (answer.record) {
    get.version = answer.record->version;
    checkContents(get, *answer.record);
  }
  checkCounts(get, answer.answeredBy, "answered");
  if (!strong()) return;
  checkFresh(get);
  raiseFloors(get);
}

// Whatever the request came to, if a node has answered it. An OK answer always has one; of errors
// those that the IDL gives one.
void ClientOracle::checkTrace(const ClientOp& op, const std::string& trace,
                              const std::vector<NodeId>& answered) {
  if (!op.traced && !trace.empty()) {
    violated(Invariant::toldItsWay, op, "was not asked for a trace, and answers one");
  }
  if (!op.traced || (trace.empty() && op.state != ClientEnd::ok)) return;
  if (const auto wrong = wrongIn(trace, answered)) {
    violated(Invariant::toldItsWay, op, "its trace " + *wrong + ":\n" + trace);
  }
}

void ClientOracle::checkFresh(const ClientOp& get) {
  Version floor = get.floorAll;
  if (isStrong(get.level)) floor = std::max(floor, get.floorQuorum);
  if (get.level == Consistency::all) floor = std::max(floor, get.floorOne);
  if (get.version >= floor) return;
  const bool wasRemoved = keyStates_[get.key].tombstones.contains(floor);
  violated(!isStrong(get.level) ? Invariant::levelOne
           : wasRemoved         ? Invariant::deletedStaysDeleted
                                : Invariant::fresh,
           get,
           "answers " + toString(get.version) + ", though " + toString(floor) +
               " was there before it began");
}

void ClientOracle::checkContents(ClientOp& get, const Record& record) {
  KeyState& key = keyStates_[get.key];
  if (record.isTombstone()) {
    key.tombstones.emplace(record.version, unknownRemoves + key.tombstones.size());
    return;
  }
  get.found = true;
  get.read = putOf(record.value);
  const ClientOp* put = find(get.read);
  if (put == nullptr || put->verb != ClientVerb::put || put->key != get.key ||
      record.value != valueOf(put->id, put->valueBytes)) {
    return violated(Invariant::integrity, get, "answers what nobody has put there");
  }
  if (put->state == ClientEnd::refused) {
    return violated(Invariant::failureIsFailure, get,
                    "answers put " + std::to_string(put->id) + ", which was surely refused");
  }
  if (put->version.isNone()) op(put->id).version = record.version;
  if (put->version != record.version) {
    return violated(Invariant::unique, get,
                    "answers put " + std::to_string(put->id) + " under " +
                        toString(record.version) + ", it was given " + toString(put->version));
  }
  checkVersionIsOwn(*put);
}

void ClientOracle::onDamage(std::uint32_t node) {
  damagedAt_ = clock_.now();
  stampers_[node] = {};
  stampers_[node].damagedAt = damagedAt_;
  for (KeyState& key : keyStates_) key.all = key.one = {};
  for (ClientOp& op : ops_) {
    if (op.state == ClientEnd::open) op.floorAll = op.floorOne = {};
  }
}

void ClientOracle::checkRegisters() {
  if (!strong()) return;
  std::vector<std::vector<RegisterOp>> histories(keys_.keys.size());
  for (const ClientOp& op : ops_) addTo(histories[op.key], op);
  for (std::size_t k = 0; k < histories.size(); ++k) {
    addUnknownRemoves(histories[k], k);
    if (const auto wrong = checkZones(histories[k])) {
      judge_.violated(Invariant::atomicRegister,
                      "key " + std::to_string(k) + ": " + toString(*wrong), {});
    }
  }
}

// As check/history.h asks for: writes that are not sure to have been visible are open for ever.
void ClientOracle::addTo(std::vector<RegisterOp>& history, const ClientOp& op) const {
  RegisterOp entry;
  entry.id = op.id;
  entry.time = {op.begin, op.end};
  if (op.verb != ClientVerb::get) {
    if (op.state == ClientEnd::refused) return;
    entry.kind = OpKind::put;
    entry.value = op.id;
    entry.unknown = op.state != ClientEnd::ok || op.superseded || !isStrong(op.level);
    // Stamped below what was there before it began: its client is told "superseded", and it counts
    // as one that came before. A slow read that began before both may still answer it.
    if (op.version < op.floorQuorum) entry.time.begin = MonoTime{};
  } else {
    if (op.state != ClientEnd::ok || !isStrong(op.level)) return;
    entry.value = op.found ? op.read : op.version.isNone() ? absent : removeOf(op.key, op.version);
  }
  history.push_back(entry);
}

std::uint64_t ClientOracle::removeOf(std::size_t key, Version version) const {
  const KeyState& state = keyStates_[key];
  const auto known = state.writers.find(version);
  return known != state.writers.end() ? known->second : state.tombstones.at(version);
}

// A remove that was never answered has no version that its tombstone could be told by.
void ClientOracle::addUnknownRemoves(std::vector<RegisterOp>& history, std::size_t key) const {
  std::optional<MonoTime> first;
  for (const ClientOp& op : ops_) {
    if (op.key == key && op.verb == ClientVerb::remove && op.version.isNone()) {
      first = first ? std::min(*first, op.begin) : op.begin;
    }
  }
  const KeyState& state = keyStates_[key];
  for (const auto& [version, value] : state.tombstones) {
    if (state.writers.contains(version)) continue;
    if (!first) {
      judge_.violated(Invariant::integrity,
                      "key " + std::to_string(key) + ": tombstone " + toString(version) +
                          " was read, and nobody removed it",
                      {});
      return;
    }
    RegisterOp remove;
    remove.id = remove.value = value;
    remove.kind = OpKind::put;
    remove.unknown = true;
    remove.time = {*first, forever};
    history.push_back(remove);
  }
}

}  // namespace henge::sim
