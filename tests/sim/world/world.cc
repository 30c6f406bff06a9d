#include "tests/sim/world/world.h"

#include <algorithm>

#include "server/node/node_parts.h"
#include "server/storage/record_codec.h"
#include "server/storage/segment_names.h"
#include "server/storage/store_keys.h"
#include "tests/sim/world/caretaker.h"
#include "tests/sim/world/finale.h"
#include "tests/sim/world/first_missing.h"
#include "tests/sim/world/nemesis.h"

namespace henge::sim {

namespace {

constexpr Duration sweepEvery = 1_s;
constexpr Duration startLimit = 60_s;
constexpr Duration clockSettles = 60_s;  // after something was done to it
// In larger clusters limits are looked at now and then, and one link at a time.
constexpr std::size_t smallMax = 16;
constexpr std::uint64_t eventsPerLook = 50;

NetOptions netOptions(const Settings& s) {
  NetOptions options;
  options.link.delayMin = Duration{s.delayMicros};
  options.link.delayMean = Duration{s.jitterMicros};
  options.link.bytesPerSecond = s.bytesPerSecond;
  options.windowBytes = static_cast<std::uint32_t>(s.windowBytes);
  options.chunkPercent = static_cast<int>(s.chunkPercent);
  return options;
}

}  // namespace

World::World(Case what, bool recording)
    : case_(std::move(what)),
      cluster_(clusterOf(case_.settings)),
      ring_(cluster_),
      keys_(keysOf(case_.settings)),
      net_(heap_, heap_, Chance(static_cast<std::uint64_t>(case_.settings.seed)).fork("net"),
           netOptions(case_.settings)),
      trace_(recording),
      replicaOracle_(static_cast<storage::LogSync>(case_.settings.logSync),
                     static_cast<std::uint32_t>(case_.settings.nodes), ring_, keys_, *this, *this),
      hintOracle_(replicaOracle_, static_cast<std::uint32_t>(case_.settings.nodes),
                  std::max(Duration{case_.settings.deadlineMs * 1000}, 5_s), *this),
      clientOracle_(ring_, keys_, replicaOracle_, hintOracle_, heap_, *this),
      maybeChance_(Chance(static_cast<std::uint64_t>(case_.settings.seed)).fork("maybe")) {
  rehearsal = this;
  net_.watch(*this);
  Chance clocks = Chance(static_cast<std::uint64_t>(case_.settings.seed)).fork("clocks");
  for (std::uint32_t n = 0; n < cluster_.members.size(); ++n) {
    machines_.push_back(std::make_unique<Machine>(n, cluster_, case_.settings, heap_, net_,
                                                  static_cast<MachineWatch&>(*this)));
    const std::int64_t skew = case_.settings.skewMs * 1000, drift = case_.settings.driftPpm;
    machines_.back()->clock().step(Duration{clocks.between(-skew, skew)});
    machines_.back()->clock().setDrift(clocks.between(-drift, drift));
  }
  nemesis_ = std::make_unique<Nemesis>(*this, case_.faults);
  caretaker_ = std::make_unique<Caretaker>(*this);
  // The last client is the caretaker's.
  for (std::uint32_t c = 0; c <= case_.settings.clients; ++c) {
    clientHosts_.push_back(net_.addHost("c" + std::to_string(c)));
    clientNets_.push_back(net_.networkFor(clientHosts_.back(), heap_));
    const bool last = c == case_.settings.clients;
    clients_.push_back(std::make_unique<SimClient>(
        c, case_.settings,
        ClientEnv{cluster_, keys_, heap_, heap_, *clientNets_.back(), clientOracle_, trace_},
        last ? caretaker_.get() : nullptr));
  }
}

World::~World() {
  clients_.clear();
  for (const auto& machine : machines_) machine->endByKill();
  rehearsal = nullptr;
}

Outcomes World::run() {
  for (std::uint32_t n = 0; n < machines_.size(); ++n) startNode(n);
  outcomes_.restarts = 0;
  nextSweep_ = heap_.now() + sweepEvery;
  FirstMissing starting;
  const auto isServing = [this](std::size_t node) { return machines_[node]->isServing(); };
  const auto serving = [&] { return starting.none(machines_.size(), isServing); };
  if (!runUntil(heap_.now() + startLimit, serving)) return conclude();
  if (case_.settings.upFirst != 0 && !Finale(*this).comeBack()) return conclude();
  for (std::size_t c = 0; c + 1 < clients_.size(); ++c) clients_[c]->start();
  caretaker_->begin(*clients_.back());
  nemesis_->begin();
  if (runUntil(heap_.now() + Duration{case_.settings.faultsMs * 1000})) Finale(*this).play();
  return conclude();
}

Outcomes World::conclude() {
  outcomes_.trace = trace_.hash();
  outcomes_.events = heap_.steps();
  outcomes_.simulated = heap_.now() - MonoTime{};
  for (const ClientOp& op : clientOracle_.ops()) {
    ++outcomes_.ops;
    if (op.state == ClientEnd::ok) ++outcomes_.okOps;
    if (op.state == ClientEnd::refused) ++outcomes_.refusedOps;
  }
  return outcomes_;
}

bool World::runUntil(MonoTime end, const std::function<bool()>& done) {
  while (!outcomes_.violation) {
    if (done && done()) return true;
    if (!heap_.step(end)) return !outcomes_.violation;
    afterEvent();
  }
  return false;
}

void World::afterEvent() {
  clearAway();
  if (const auto owner = heap_.lastOwner()) {
    trace_.fold(static_cast<std::uint64_t>(heap_.now().micros) * 31 + *owner);
    const bool look = machines_.size() <= smallMax || heap_.steps() % eventsPerLook == 0;
    if (look && machines_[*owner]->isServing()) checkBounds(*owner);
  }
  if (heap_.now() < nextSweep_) return;
  nextSweep_ = heap_.now() + sweepEvery;
  for (std::uint32_t n = 0; n < machines_.size(); ++n) {
    if (machines_[n]->isServing()) replicaOracle_.lookAll(n);
  }
}

// Processes that have ended by themselves, in an event of their own.
void World::clearAway() {
  while (!ended_.empty()) {
    const auto [node, code] = ended_.back();
    ended_.pop_back();
    const Death death = code == ports::ExitCode::ok ? Death::stopped : Death::killed;
    if (machines_[node]->hasEnded()) endNode(node, death);
    nemesis_->onEnded(node);
  }
}

void World::startNode(std::uint32_t node) {
  ++outcomes_.restarts;
  net_.powerOn(machines_[node]->host());
  trace_.line(heap_.now(), node, "starts");
  clientOracle_.onStart(node);
  if (!machines_[node]->start()) ended_.emplace_back(node, ports::ExitCode::cannotCreate);
}

void World::endNode(std::uint32_t node, Death death) {
  trace_.line(heap_.now(), node, death == Death::cut ? "loses power" : "ends");
  noteMarks(node);
  death == Death::cut ? machines_[node]->endByPowerCut() : machines_[node]->endByKill();
  replicaOracle_.onDeath(node, death);
  hintOracle_.onDeath(node, death, heap_.now());
}

// Of hints that are lost its process tells, on disk or not yet.
void World::noteMarks(std::uint32_t node) {
  if (!machines_[node]->isRunning()) return;
  for (const RepairMark& mark : machines_[node]->parts()->handoff.view().marks)
    hintOracle_.onMark(node, mark);
}

bool World::allServing() const {
  return std::all_of(machines_.begin(), machines_.end(),
                     [](const auto& machine) { return machine->isServing(); });
}

bool World::isHeldBack(std::uint32_t node) const { return caretaker_->isHeldBack(node); }

bool World::isUpForAll(std::uint32_t node) const {
  return allServing() && std::all_of(machines_.begin(), machines_.end(), [&](const auto& machine) {
           return machine->parts()->peerBook.upSet().of(NodeId{node}) == Liveness::up;
         });
}

void World::onServing(std::uint32_t node) {
  trace_.line(heap_.now(), node, "serves");
  replicaOracle_.onServing(node);
}

void World::onEnded(std::uint32_t node, ports::ExitCode code) {
  trace_.line(heap_.now(), node, "ended with " + std::to_string(static_cast<int>(code)));
  ended_.emplace_back(node, code);
}

void World::onLine(std::uint32_t node, const std::string& line) {
  trace_.line(heap_.now(), node, line);
}

void World::onWritten(std::uint32_t node, DirectoryId directory, const std::string& path,
                      std::uint64_t offset, BytesView bytes) {
  replicaOracle_.onWritten(node, directory, path, offset, bytes);
  const SimClock& clock = machines_[node]->clock();
  const bool steady = clock.changedAt() + clockSettles < heap_.now();
  hintOracle_.onWritten(node, replicaOracle_.hintsWritten(node), clock.wall(), steady, *this);
}

void World::onSynced(std::uint32_t node, const std::string& path) {
  trace_.fold(node + 77);
  replicaOracle_.onSynced(node, path);
}

void World::onDelivered(HostId from, HostId to, std::uint64_t stream, std::uint64_t hash,
                        std::uint64_t bytes) {
  trace_.fold(hash ^ (from.value << 20) ^ (to.value << 10) ^ stream ^ bytes << 32);
}

// --- seen from above -----------------------------------------------------------------------------

namespace {

std::optional<Record> rowIn(const storage::MemoryStore::Map& rows, BytesView key, const Bytes& at) {
  const auto row = rows.find(at);
  if (row == rows.end()) return std::nullopt;
  Result<Record> record = storage::decodeRow(key, row->second);
  return record.ok() ? std::optional(std::move(*record)) : std::nullopt;
}

}  // namespace

std::optional<Record> World::heldBy(std::uint32_t node, std::size_t key) const {
  Machine& machine = *machines_[node];
  const Bytes& bytes = keys_.keys[key];
  if (const Record* held = machine.parts()->storage.tables().find(bytes)) return *held;
  return rowIn(machine.store().visible(), bytes,
               storage::dataKey(orderedKey(cluster_.partitioner, bytes)));
}

bool World::answers(std::uint32_t node) const {
  return machines_[node]->parts()->storage.isWhole();
}

std::optional<Record> World::persistedBy(std::uint32_t node, std::size_t key) const {
  const Bytes& bytes = keys_.keys[key];
  return rowIn(machines_[node]->store().persisted(), bytes,
               storage::dataKey(orderedKey(cluster_.partitioner, bytes)));
}

LogPosition World::persistedPosition(std::uint32_t node) const {
  const auto& rows = machines_[node]->store().persisted();
  const auto row = rows.find(storage::appliedKey(0));
  if (row == rows.end()) return {};
  const auto position = storage::decodeApplied(row->second);
  return position.ok() ? *position : LogPosition{};
}

bool World::hasSegment(std::uint32_t node, std::uint64_t segment) const {
  return machines_[node]->files().peekDurable(storage::logDirectory(0) + "/" +
                                              storage::segmentName(segment)) != nullptr;
}

bool World::knowsItMustRebuild(std::uint32_t node) const { return isHeldBack(node); }

bool World::isRememberedBetter(std::uint32_t node) const {
  for (std::uint32_t peer = 0; peer < machines_.size(); ++peer) {
    if (peer != node && !remembersBetter(peer, node)) return false;
  }
  return true;
}

bool World::remembersBetter(std::uint32_t peer, std::uint32_t node) const {
  const Bytes* bytes = machines_[peer]->files().peekDurable(membership::peerFileName);
  if (bytes == nullptr) return false;
  const auto file = membership::decodePeerFile(*bytes);
  if (!file.ok()) return false;
  const LogPosition now = machines_[node]->parts()->storage.status().synced;
  for (const membership::RememberedPeer& known : file->peers) {
    if (known.node != NodeId{node}) continue;
    if (known.directory != machines_[node]->directory()) return true;
    return known.syncedBinds && now < known.synced;
  }
  return false;
}

// --- limits --------------------------------------------------------------------------------------

void World::checkBounds(std::uint32_t node) {
  const node::NodeParts& parts = *machines_[node]->parts();
  const Settings& limits = machines_[node]->settings();
  const auto exceeds = [&](const char* what, std::uint64_t is, std::int64_t max) {
    if (is <= static_cast<std::uint64_t>(max)) return;
    violated(Invariant::bounded,
             toString(NodeId{node}) + ": " + what + " " + std::to_string(is) + " of at most " +
                 std::to_string(max),
             {node});
  };
  exceeds("requests in work", parts.coordinator.operations(), limits.operationsMax);
  exceeds("writes and reads in work", parts.replica.operations(), limits.operationsMax);
  const std::size_t looks = machines_.size() <= smallMax ? machines_.size() : 1;
  for (std::size_t i = 0; i < looks; ++i) {
    const auto peer = static_cast<std::uint32_t>(nextLink_++ % machines_.size());
    if (peer == node) continue;
    exceeds("requests on a link", parts.links.inFlight(NodeId{peer}), limits.inFlightMax);
  }
  // What was admitted before the limit was reached may still come; and a table costs what its
  // records do, and something for each.
  const ports::StorageStatus status = parts.storage.status();
  const Settings& widest = machines_[node]->widest();
  const std::int64_t slack = widest.segmentBytes + widest.pendingBytesMax + (64 << 10);
  exceeds("bytes of tables", status.tableBytes,
          2 * (widest.frozenTablesMax + 1) * widest.segmentBytes + 2 * slack);
  const handoff::HintAccount hints = parts.handoff.total();
  exceeds("bytes of hints", hints.bytes, 2 * std::max(limits.hintBytes, widest.hintBytes));
  exceeds("bytes of log", status.logBytes,
          widest.logBytesMax + (widest.frozenTablesMax + 2) * widest.segmentBytes + slack);
}

void World::violated(Invariant invariant, const std::string& sentence,
                     std::vector<std::uint32_t> nodes) {
  if (outcomes_.violation) return;
  outcomes_.violation = Violation{invariant, heap_.now(), sentence, std::move(nodes)};
  trace_.line(heap_.now(), Trace::world, "VIOLATION " + toString(*outcomes_.violation));
}

// Each site is on or off for a run; where it is on it fires one time in four.
bool World::takes(std::string_view site) {
  if (!rehearsing_) return false;
  Chance here = Chance(static_cast<std::uint64_t>(case_.settings.seed)).fork(site);
  if (!here.percent(static_cast<int>(case_.settings.maybePercent))) return false;
  return maybeChance_.oneIn(4);
}

void World::reached(std::string_view site) {
  const auto found = outcomes_.probes.find(site);
  if (found != outcomes_.probes.end()) {
    ++found->second;
  } else {
    outcomes_.probes.emplace(site, 1);
  }
}

}  // namespace henge::sim
