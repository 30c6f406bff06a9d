#include "tests/sim/scenario/stage.h"

#include <algorithm>

#include "server/node/node_parts.h"
#include "server/storage/record_codec.h"
#include "server/storage/store_keys.h"
#include "tests/sim/world/world.h"

namespace henge::sim {

namespace {

constexpr Duration drainMax = 30_s;

NetOptions netOptions(const Settings& s) {
  NetOptions options;
  options.link.delayMin = Duration{s.delayMicros};
  options.link.delayMean = Duration{s.jitterMicros};
  options.link.bytesPerSecond = s.bytesPerSecond;
  options.windowBytes = static_cast<std::uint32_t>(s.windowBytes);
  options.chunkPercent = static_cast<int>(s.chunkPercent);
  return options;
}

std::string nameOf(std::uint32_t node) { return toString(NodeId{node}); }

}  // namespace

Settings storySettings() {
  Settings settings;
  settings.diskMicros = 0;
  settings.delayMicros = 200;
  settings.jitterMicros = 0;
  settings.chunkPercent = 0;
  settings.skewMs = 0;
  settings.driftPpm = 0;
  settings.storeKept = 0;
  return settings;
}

Stage::Stage(const Settings& settings)
    : cluster_(clusterOf(settings)),
      net_(heap_, heap_, Chance(static_cast<std::uint64_t>(settings.seed)).fork("net"),
           netOptions(settings)),
      lines_(cluster_.members.size()) {
  for (std::uint32_t n = 0; n < cluster_.members.size(); ++n) {
    machines_.push_back(std::make_unique<Machine>(n, cluster_, settings, heap_, net_,
                                                  static_cast<MachineWatch&>(*this)));
  }
  clientNet_ = net_.networkFor(net_.addHost("client"), heap_);
}

Stage::~Stage() {
  calls_.clear();
  for (const auto& machine : machines_) machine->endByKill();
}

bool Stage::run(Duration time, const std::function<bool()>& done) {
  const MonoTime end = heap_.now() + time;
  do {
    clearAway();
    if (done && done()) return true;
  } while (heap_.step(end));
  return false;
}

// Those that have ended in an event of their own.
void Stage::clearAway() {
  for (const auto& machine : machines_) {
    if (machine->hasEnded()) machine->endByKill();
  }
}

// --- processes -----------------------------------------------------------------------------------

void Stage::start(const std::vector<std::uint32_t>& nodes) {
  for (const std::uint32_t node : nodes) {
    net_.powerOn(machines_[node]->host());
    const std::size_t linesBefore = lines_[node].size();
    const bool started = machines_[node]->start();
    names_.learn(node, machines_[node]->directory());
    if (started) continue;
    news_.push_back(nameOf(node) + " does not start");
    for (std::size_t i = linesBefore; i < lines_[node].size(); ++i) {
      news_.push_back("  " + names_.put(lines_[node][i]));
    }
  }
  if (!run(settleMax, [&] { return isSettled(nodes); })) tellUnsettled(nodes);
}

bool Stage::awaitsLink(std::uint32_t from, std::uint32_t to) {
  const auto serves = [](const Machine& machine) {
    return machine.isServing() && !machine.isPaused();
  };
  return from != to && serves(*machines_[from]) && serves(*machines_[to]) &&
         !cuts_.contains({from, to}) && !cuts_.contains({to, from});
}

std::vector<std::pair<std::uint32_t, std::uint32_t>> Stage::missingLinks() {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> missing;
  for (std::uint32_t from = 0; from < nodes(); ++from) {
    for (std::uint32_t to = 0; to < nodes(); ++to) {
      if (awaitsLink(from, to) && !machines_[from]->parts()->links.isUp(NodeId{to})) {
        missing.emplace_back(from, to);
      }
    }
  }
  return missing;
}

bool Stage::isSettled(const std::vector<std::uint32_t>& nodes) {
  const bool serve = std::all_of(nodes.begin(), nodes.end(), [this](std::uint32_t node) {
    return !machines_[node]->isRunning() || machines_[node]->isServing();
  });
  const auto remembers = [](const auto& machine) {
    return !machine->isServing() || machine->parts()->peerBook.allSaved();
  };
  return serve && missingLinks().empty() &&
         std::all_of(machines_.begin(), machines_.end(), remembers);
}

void Stage::tellUnsettled(const std::vector<std::uint32_t>& nodes) {
  for (const std::uint32_t node : nodes) {
    if (machines_[node]->isRunning() && !machines_[node]->isServing()) {
      news_.push_back(nameOf(node) + " does not serve yet");
    }
  }
  for (const auto& [from, to] : missingLinks()) {
    news_.push_back("no link from " + nameOf(from) + " to " + nameOf(to));
  }
}

void Stage::kill(std::uint32_t node) { machines_[node]->endByKill(); }

void Stage::cutPower(const std::vector<std::uint32_t>& nodes) {
  for (const std::uint32_t node : nodes) machines_[node]->endByPowerCut();
}

void Stage::stop(std::uint32_t node) {
  ending_.insert(node);
  machines_[node]->drain();
  if (!run(drainMax, [&] { return !machines_[node]->isRunning(); })) {
    news_.push_back(nameOf(node) + " does not stop");
  }
  ending_.erase(node);
}

void Stage::onEnded(std::uint32_t node, ports::ExitCode code) {
  if (ending_.contains(node) && code == ports::ExitCode::ok) return;
  news_.push_back(nameOf(node) + " has ended by itself with exit code " +
                  std::to_string(static_cast<int>(code)));
}

void Stage::onLine(std::uint32_t node, const std::string& line) { lines_[node].push_back(line); }

// --- the net -------------------------------------------------------------------------------------

void Stage::cut(std::uint32_t from, std::uint32_t to) {
  net_.setCut(machines_[from]->host(), machines_[to]->host(), true);
  cuts_.insert({from, to});
}

void Stage::heal() {
  for (const auto& [from, to] : std::exchange(cuts_, {})) {
    net_.setCut(machines_[from]->host(), machines_[to]->host(), false);
  }
}

Call& Stage::begin(Ask ask, std::uint32_t node) {
  calls_.push_back(std::make_unique<Call>(std::move(ask), cluster_.members[node].client,
                                          CallEnv{heap_, heap_, *clientNet_}));
  return *calls_.back();
}

void Stage::await(const Call& call) {
  run(call.ask().deadline + Call::patience, [&] { return call.isOver(); });
}

// --- disks ---------------------------------------------------------------------------------------

void Stage::keepBackup(std::uint32_t node) {
  backups_.insert_or_assign(node, machines_[node]->backup(LogSight(noKeys_)));
}

bool Stage::putBack(std::uint32_t node) {
  const auto found = backups_.find(node);
  if (found == backups_.end()) return false;
  machines_[node]->putBack(found->second);
  return true;
}

void Stage::flushStore(std::uint32_t node) {
  machines_[node]->store().flush(OpId{1}, *this);
  run(1_ms);
}

std::optional<Record> Stage::held(std::uint32_t node, const Bytes& key) {
  Machine& machine = *machines_[node];
  if (const Record* record = machine.parts()->storage.tables().find(key)) return *record;
  const auto& rows = machine.store().visible();
  const auto row = rows.find(storage::dataKey(orderedKey(cluster_.partitioner, key)));
  if (row == rows.end()) return std::nullopt;
  Result<Record> record = storage::decodeRow(key, row->second);
  return record.ok() ? std::optional(std::move(*record)) : std::nullopt;
}

std::vector<std::string> Stage::takeLines(std::uint32_t node) {
  return std::exchange(lines_[node], {});
}

}  // namespace henge::sim
