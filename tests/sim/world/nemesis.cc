#include "tests/sim/world/nemesis.h"

#include <algorithm>

#include "server/storage/segment_names.h"
#include "server/storage/store_keys.h"
#include "tests/sim/world/damage.h"
#include "tests/sim/world/world.h"

namespace henge::sim {

using enum FaultKind;

Nemesis::Nemesis(World& world, std::vector<Fault> faults)
    : world_(world),
      faults_(std::move(faults)),
      chance_(Chance(static_cast<std::uint64_t>(world.case_.settings.seed)).fork("nemesis")),
      downUntil_(world.machines_.size()) {}

Machine& Nemesis::machine(std::uint32_t node) {
  return *world_.machines_[node % world_.machines_.size()];
}

void Nemesis::begin() {
  began_ = world_.heap_.now();
  for (std::size_t i = 0; i < faults_.size(); ++i) {
    const Fault& fault = faults_[i];
    if (fault.kind == oldDirectory && fault.amount < fault.at.micros) {
      later(Duration{fault.at.micros - fault.amount}, [this, i] { takeBackup(i); });
    }
    later(fault.at, [this, i] { apply(faults_[i]); });
  }
}

void Nemesis::later(Duration after, Action action) {
  actions_.emplace(++lastToken_, std::move(action));
  world_.heap_.wakeAt(world_.heap_.now() + after, *this, lastToken_);
}

void Nemesis::onTimer(std::uint64_t token) {
  const auto found = actions_.find(token);
  if (found == actions_.end()) return;
  const Action action = std::move(found->second);
  actions_.erase(found);
  action();
}

void Nemesis::apply(const Fault& fault) {
  world_.trace_.line(world_.heap_.now(), Trace::world, "fault " + print(fault));
  if (applyToProcess(fault) || applyToNet(fault) || applyToStreams(fault) || applyToDisk(fault)) {
    return;
  }
  if (fault.kind >= clockStep) {
    applyToClock(fault);
  } else {
    applyDamage(fault);
  }
}

// --- processes -----------------------------------------------------------------------------------

bool Nemesis::applyToProcess(const Fault& fault) {
  Machine& a = machine(fault.a);
  switch (fault.kind) {
    case crash:
      return end(fault.a, Death::killed, fault.lasts), true;
    case powerCut:
      return end(fault.a, Death::cut, fault.lasts), true;
    case powerCutAll:
      for (std::uint32_t n = 0; n < world_.machines_.size(); ++n) {
        end(n, Death::cut, chance_.between(10_ms, fault.lasts));
      }
      return true;
    case cleanStop:
      downUntil_[fault.a] = std::max(downUntil_[fault.a], world_.heap_.now() + fault.lasts);
      a.drain();
      return true;
    case pause:
      a.pause();
      later(fault.lasts, [&a] { a.goOn(); });
      return true;
    case FaultKind::otherLimits:
      end(fault.a, Death::killed, fault.lasts);
      a.setSettings(otherLimits(fault.amount));
      return true;
    case secondStart:
      if (a.isRunning() && a.files().tryLock()) {
        world_.violated(Invariant::prefixLog, "a second process may use the directory", {fault.a});
      }
      return true;
    default:
      return false;
  }
}

Settings Nemesis::otherLimits(std::int64_t lot) const {
  Settings settings = world_.case_.settings;
  const Settings drawn = drawSettings(static_cast<std::uint64_t>(settings.seed + lot + 1));
  settings.segmentBytes = drawn.segmentBytes;
  settings.segmentAgeMs = drawn.segmentAgeMs;
  settings.frozenTablesMax = drawn.frozenTablesMax;
  settings.logBytesMax = drawn.logBytesMax;
  settings.feedBatchBytesMax = drawn.feedBatchBytesMax;
  settings.pendingBytesMax = drawn.pendingBytesMax;
  settings.operationsMax = drawn.operationsMax;
  settings.inFlightMax = drawn.inFlightMax;
  return settings;
}

void Nemesis::end(std::uint32_t node, Death death, Duration down) {
  if (!machine(node).isRunning()) return;
  world_.endNode(node, death);
  downUntil_[node] = std::max(downUntil_[node], world_.heap_.now() + down);
  later(down, [this, node] { startDue(node); });
}

void Nemesis::onEnded(std::uint32_t node) {
  const Duration left = downUntil_[node] - world_.heap_.now();
  later(std::max(left, restartAfter), [this, node] { startDue(node); });
}

void Nemesis::startDue(std::uint32_t node) {
  if (machine(node).isRunning() || world_.heap_.now() < downUntil_[node]) return;
  world_.startNode(node);
}

// --- the net -------------------------------------------------------------------------------------

std::vector<HostId> Nemesis::nodesFrom(std::uint32_t first, std::uint32_t end) const {
  std::vector<HostId> hosts;
  for (std::uint32_t n = first; n < end; ++n) hosts.push_back(world_.machines_[n]->host());
  return hosts;
}

std::vector<HostId> Nemesis::others(std::uint32_t node, bool clientsToo) const {
  const auto nodes = static_cast<std::uint32_t>(world_.machines_.size());
  std::vector<HostId> hosts = nodesFrom(0, nodes);
  std::erase(hosts, world_.machines_[node]->host());
  if (clientsToo) hosts.insert(hosts.end(), world_.clientHosts_.begin(), world_.clientHosts_.end());
  return hosts;
}

std::vector<Nemesis::Pair> Nemesis::bothWays(const std::vector<HostId>& some,
                                             const std::vector<HostId>& others) const {
  std::vector<Pair> pairs;
  for (const HostId a : some) {
    for (const HostId b : others) {
      pairs.push_back({a, b});
      pairs.push_back({b, a});
    }
  }
  return pairs;
}

bool Nemesis::applyToNet(const Fault& fault) {
  const auto nodes = static_cast<std::uint32_t>(world_.machines_.size());
  const HostId a = machine(fault.a).host();
  const HostId b = machine(fault.b).host();
  const std::uint32_t middle = nodes < 2 ? 0 : 1 + fault.a % (nodes - 1);
  std::vector<HostId> low = nodesFrom(0, middle), high = nodesFrom(middle, nodes);
  switch (fault.kind) {
    case isolate:
      return cut(bothWays({a}, others(fault.a, true)), fault.lasts), true;
    case isolatePeers:
      return cut(bothWays({a}, others(fault.a, false)), fault.lasts), true;
    case partial:
      return cut(bothWays({a}, {b}), fault.lasts), true;
    case oneWay:
      return cut({{a, b}}, fault.lasts), true;
    case halves:
      return cut(bothWays(low, high), fault.lasts), true;
    case bridge:
      std::erase(low, b);
      std::erase(high, b);
      return cut(bothWays(low, high), fault.lasts), true;
    case clog:
      for (const Pair& pair : bothWays({a}, others(fault.a, true))) {
        world_.net_.setClog(pair.from, pair.to, Duration{fault.amount},
                            world_.heap_.now() + fault.lasts);
      }
      return true;
    case FaultKind::swizzle:
      return swizzle(fault), true;
    default:
      return false;
  }
}

// FoundationDB's: clogged one after the other, freed in the opposite order.
void Nemesis::swizzle(const Fault& fault) {
  const auto nodes = static_cast<std::uint32_t>(world_.machines_.size());
  const Duration step{fault.lasts.micros / (2 * nodes)};
  for (std::uint32_t i = 0; i < nodes; ++i) {
    const std::uint32_t node = (fault.a + i) % nodes;
    const MonoTime until = world_.heap_.now() + fault.lasts + Duration{-step.micros * i};
    later(step * i, [this, node, until, extra = Duration{fault.amount}] {
      for (const Pair& pair : bothWays({machine(node).host()}, others(node, true))) {
        world_.net_.setClog(pair.from, pair.to, extra, until);
      }
    });
  }
}

void Nemesis::cut(const std::vector<Pair>& pairs, Duration lasts) {
  ++world_.outcomes_.cuts;
  for (const Pair& pair : pairs) {
    if (++cuts_[pair] == 1) world_.net_.setCut(pair.from, pair.to, true);
  }
  later(lasts, [this, pairs] { uncut(pairs); });
}

void Nemesis::uncut(const std::vector<Pair>& pairs) {
  for (const Pair& pair : pairs) {
    if (--cuts_[pair] == 0) world_.net_.setCut(pair.from, pair.to, false);
  }
}

// --- streams -------------------------------------------------------------------------------------

// Another node, or a client.
HostId Nemesis::streamEnd(const Fault& fault) const {
  const auto& clients = world_.clientHosts_;
  const auto lot = static_cast<std::size_t>(fault.amount);
  if (!clients.empty() && lot % 2 == 1) return clients[lot / 2 % clients.size()];
  return world_.machines_[fault.b % world_.machines_.size()]->host();
}

bool Nemesis::applyToStreams(const Fault& fault) {
  SimNet& net = world_.net_;
  const HostId a = machine(fault.a).host();
  switch (fault.kind) {
    case halfOpen:
      return net.breakSilently(a, streamEnd(fault)), true;
    case reset:
      return net.resetStreams(a, streamEnd(fault)), true;
    case midFrame:
      return net.stopMidFrame(a, streamEnd(fault)), true;
    case refuseDials:
      net.refuseDials(a, true);
      return later(fault.lasts, [&net, a] { net.refuseDials(a, false); }), true;
    case neverRead:
      net.acceptButNeverRead(a, true);
      return later(fault.lasts, [&net, a] { net.acceptButNeverRead(a, false); }), true;
    default:
      return false;
  }
}

// --- disks ---------------------------------------------------------------------------------------

bool Nemesis::applyToDisk(const Fault& fault) {
  kit::FakeFiles& files = machine(fault.a).files();
  const auto failNext = [&](std::initializer_list<kit::DiskCall> calls, const char* words) {
    for (const kit::DiskCall call : calls) {
      files.faults().failAfter(call, 1, Error{ErrorKind::io, words});
    }
    later(fault.lasts, [&files] { files.faults().heal(); });
    return true;
  };
  switch (fault.kind) {
    case slowDisk:
      files.slow(static_cast<int>(fault.amount));
      return later(fault.lasts, [&files] { files.slow(1); }), true;
    case stallDisk:
      return files.stall(world_.heap_.now() + fault.lasts), true;
    case diskFull:
      files.setCapacity(files.bytesUsed() + static_cast<std::uint64_t>(fault.amount));
      if (fault.amount % 2 == 1) machine(fault.a).leaveStoreWithoutSpace();
      return later(fault.lasts, [&files] { files.setCapacity(std::nullopt); }), true;
    case writeError:
      return failNext({kit::DiskCall::write}, "the write failed");
    case syncError:
      return failNext({kit::DiskCall::sync}, "the sync failed");
    case renameError:
      return failNext({kit::DiskCall::rename, kit::DiskCall::replace}, "the rename failed");
    default:
      return false;
  }
}

// Fault atlas (TigerBeetle): of no key's replicas are more than N − Q in doubt at once. Who is held
// back without a reason of its own – an old directory elsewhere remembers its former one – does not
// vote either, and nobody could be read from enough.
bool Nemesis::damageIsFair(std::uint32_t node) {
  const auto isInDoubt = [this](std::uint32_t n) {
    return world_.replicaOracle_.isDoubtful(n) || unsettled_.contains(n) || world_.isHeldBack(n);
  };
  std::erase_if(unsettled_, [this](std::uint32_t n) { return world_.isUpForAll(n); });
  const auto replication = static_cast<int>(world_.case_.settings.replication);
  int doubtful = 0;
  for (std::uint32_t n = 0; n < world_.machines_.size(); ++n) {
    if (n != node && isInDoubt(n)) ++doubtful;
  }
  if (isInDoubt(node)) return false;
  return doubtful < replication - requiredOf(Consistency::quorum, replication);
}

void Nemesis::takeBackup(std::size_t fault) {
  const std::uint32_t node = faults_[fault].a;
  backups_.emplace(fault, machine(node).backup(world_.replicaOracle_.copyOf(node)));
}

// Found at the next start: that is why the process ends first.
void Nemesis::applyDamage(const Fault& fault) {
  const std::uint32_t node = fault.a;
  Machine& a = machine(node);
  if (!a.isServing() || !damageIsFair(node)) return;
  const auto backup = backups_.find(static_cast<std::size_t>(&fault - faults_.data()));
  if (fault.kind == oldDirectory && backup == backups_.end()) return;
  end(node, fault.amount % 2 == 0 ? Death::killed : Death::cut, fault.lasts);
  unsettled_.insert(node);
  ReplicaOracle& oracle = world_.replicaOracle_;
  if (fault.kind == wipe) {
    a.wipe();
    oracle.wipe(node);
  } else if (fault.kind == oldDirectory) {
    a.putBack(backup->second);
    oracle.restore(node, backup->second.log);
  } else if (!damageFiles(fault, a)) {
    return;
  }
  oracle.onDamage(node, world_.heap_.now());
  world_.clientOracle_.onDamage(node);
}

bool Nemesis::storeHolds(const Machine& machine, const std::string& segmentPath) {
  const auto persisted = machine.store().persisted();
  const auto applied = persisted.find(storage::appliedKey(0));
  const auto segment = storage::segmentOfName(segmentPath.substr(segmentPath.rfind('/') + 1));
  return applied != persisted.end() && segment &&
         *segment < storage::decodeApplied(applied->second)->segment;
}

bool Nemesis::damageFiles(const Fault& fault, Machine& machine) {
  std::vector<DamagePlace> places =
      witnessedPlaces(machine.files(), {world_.cluster_.id, machine.directory(), 0});
  if (fault.kind == loseFile) std::erase_if(places, [](const auto& place) { return !place.whole; });
  if (places.empty()) return false;
  const DamagePlace place = chance_.oneOf(places);
  // What the store holds whole nobody can lose with its segment.
  const bool loses = !storeHolds(machine, place.path);
  kit::FakeFiles& files = machine.files();
  if (fault.kind == bitRot) {
    const int bits = static_cast<int>(fault.amount);
    return place.end > 0 && files.flipBits(place.path, 0, place.end, chance_, bits) && loses;
  }
  using enum kit::Damage;
  const auto kind = chance_.oneOf<kit::Damage>(
      {zeroSector, staleSector, misdirectedSector, truncate, removeFile});
  return files.damage(place.path, chance_, kind) && loses;
}

// --- clocks --------------------------------------------------------------------------------------

void Nemesis::applyToClock(const Fault& fault) {
  SimClock& clock = machine(fault.a).clock();
  switch (fault.kind) {
    case clockStep:
      return clock.step(Duration{fault.amount});
    case clockDrift:
      clock.setDrift(fault.amount);
      return later(fault.lasts, [&clock] { clock.setDrift(0); });
    case clockStuck:
      clock.freeze();
      return later(fault.lasts, [&clock] { clock.thaw(); });
    default:
      end(fault.a, Death::killed, fault.lasts);
      return clock.step(Duration{-fault.amount});
  }
}

// --- the end of it -------------------------------------------------------------------------------

void Nemesis::healAll() {
  healed_ = true;
  actions_.clear();
  for (auto& [pair, count] : cuts_) {
    if (count > 0) world_.net_.setCut(pair.from, pair.to, false);
    count = 0;
  }
  const auto nodes = static_cast<std::uint32_t>(world_.machines_.size());
  for (std::uint32_t n = 0; n < nodes; ++n) {
    Machine& healed = machine(n);
    for (const Pair& pair : bothWays({healed.host()}, others(n, true))) {
      world_.net_.setClog(pair.from, pair.to, 0_us, world_.heap_.now());
    }
    world_.net_.refuseDials(healed.host(), false);
    world_.net_.acceptButNeverRead(healed.host(), false);
    healed.files().faults().heal();
    healed.files().slow(1);
    healed.files().setCapacity(std::nullopt);
    healed.clock().thaw();
    healed.goOn();
    downUntil_[n] = world_.heap_.now();
    startDue(n);
  }
}

}  // namespace henge::sim
