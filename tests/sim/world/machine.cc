#include "tests/sim/world/machine.h"

#include <algorithm>
#include <cassert>

#include "server/node/node_parts.h"
#include "tests/kit/failing_store.h"

namespace henge::sim {

namespace {

storage::MemoryStoreOptions storeOptions(const Settings& s) {
  storage::MemoryStoreOptions options;
  options.latency = Duration{s.storeMicros};
  options.answersCached = s.storeCached != 0;
  options.unflushedBatchesMax = static_cast<std::size_t>(s.storeBatchesMax);
  return options;
}

}  // namespace

// What is gone when the process is.
struct Machine::Process {
  Process(Machine& machine, node::OwnIdentity own, std::uint64_t seed)
      : random(seed),
        network(machine.net_.networkFor(machine.host_, *machine.life_)),
        commitDisk(machine.files_, *machine.life_, machine.heap_),
        sideDisk(machine.files_, *machine.life_, machine.heap_),
        store(machine.store_),
        node(machine.options(), machine.cluster_, std::move(own),
             {machine.clock_, *machine.life_, random, *network, commitDisk, sideDisk, store,
              machine, machine},
             machine) {}

  Chance random;
  std::unique_ptr<ports::Network> network;
  kit::FakeDisk commitDisk;
  kit::FakeDisk sideDisk;
  kit::FailingStore store;
  node::Node node;
};

Machine::Machine(std::uint32_t number, const henge::Cluster& cluster, const Settings& settings,
                 EventHeap& heap, SimNet& net, MachineWatch& watch)
    : number_(number),
      cluster_(cluster),
      settings_(settings),
      widest_(settings),
      heap_(heap),
      net_(net),
      watch_(watch),
      chance_(Chance(static_cast<std::uint64_t>(settings.seed)).fork("machine", number)),
      host_(net.addHost(cluster.members[number].peer.host)),
      clock_(heap),
      store_(*this, heap, storeOptions(settings)) {
  files_.setWatch(this);
  if (settings.diskBytes > 0) files_.setCapacity(static_cast<std::uint64_t>(settings.diskBytes));
}

Machine::~Machine() = default;

node::NodeOptions Machine::options() const {
  const Settings& s = settings_;
  const auto size = [](std::int64_t n) { return static_cast<std::size_t>(n); };
  node::NodeOptions options;
  options.self = NodeId{number_};
  options.limits.valueBytesMax = 64 << 10;
  options.operationsMax = size(s.operationsMax);
  options.storage.logSync = static_cast<storage::LogSync>(s.logSync);
  options.storage.logCompression = static_cast<storage::LogCompression>(s.logCompression);
  options.storage.segmentBytes = size(s.segmentBytes);
  options.storage.segmentAgeMax = Duration{s.segmentAgeMs * 1000};
  options.storage.frozenTablesMax = size(s.frozenTablesMax);
  options.storage.logBytesMax = size(s.logBytesMax);
  options.storage.pendingBytesMax = size(s.pendingBytesMax);
  options.storage.feedBatchBytesMax = size(s.feedBatchBytesMax);
  options.storage.ballastBytes = options.storage.segmentBytes;
  options.clientPort.requestsInFlightMax = size(s.inFlightMax);
  options.links.requestsInFlightMax = size(s.inFlightMax);
  // So short that some of what is in work ends by the stop.
  options.drainTimeout = Duration{s.deadlineMs * 1000 / 2};
  options.hints.bytesMax = static_cast<std::uint64_t>(s.hintBytes);
  options.hints.bytesAllMax = 2 * options.hints.bytesMax;
  options.hints.ageMax = Duration{s.hintAgeMs * 1000};
  options.detector.suspicionLeast = Duration{s.suspicionMs * 1000};
  options.peersSavedEvery = Duration{s.peersSavedMs * 1000};
  return options;
}

void Machine::setSettings(const Settings& settings) {
  settings_ = settings;
  for (const auto limit :
       {&Settings::segmentBytes, &Settings::frozenTablesMax, &Settings::logBytesMax,
        &Settings::pendingBytesMax, &Settings::hintBytes}) {
    widest_.*limit = std::max(widest_.*limit, settings.*limit);
  }
}

bool Machine::start() {
  assert(process_ == nullptr);
  if (!files_.tryLock()) {
    watch_.onLine(number_, "the data directory is in use");
    return false;
  }
  node::FoundDirectory found;
  found.path = "the data directory";
  found.identityFile = files_.contents(storage::identityPath);
  for (const std::string& path : files_.paths()) {
    found.holdsData = found.holdsData || path.starts_with("log/");
  }
  auto own = node::nextStart(found, cluster_, NodeId{number_}, chance_);
  if (!own.ok()) {
    watch_.onLine(number_, "stopped   " + own.error().message);
    files_.unlock();
    return false;
  }
  files_.put(storage::identityPath, encode(own->identity));
  directory_ = own->identity.directory;
  life_ = std::make_unique<Life>(heap_, number_);
  const std::uint64_t seed = chance_.next();
  process_ = std::make_unique<Process>(*this, std::move(*own), seed);
  const auto latency = [this](kit::DiskCall call) {
    if (call == kit::DiskCall::space) return 5_us;  // of no file: stories keep their chances
    return chance_.waiting(Duration{settings_.diskMicros}) + 5_us;
  };
  process_->commitDisk.setLatency(latency);
  process_->sideDisk.setLatency(latency);
  process_->node.start();
  return true;
}

void Machine::drain() {
  if (process_ && !ended_) process_->node.drain();
}

void Machine::endByKill() {
  if (!process_) return;
  files_.killed(chance_);
  bury();
}

void Machine::endByPowerCut() {
  if (!process_) return files_.powerCut(chance_);
  net_.powerOff(host_);
  bury();
  files_.powerCut(chance_);
}

// The store's memory goes with the process: of what it had not made durable it may have lost all
// from some batch on.
void Machine::bury() {
  life_->die();
  process_.reset();
  graves_.push_back(std::move(life_));
  std::erase_if(graves_, [](const auto& life) { return EventHeap::forgotten(*life); });
  const std::size_t kept = chance_.below(store_.unflushedBatches() + 1);
  const auto keptMax = static_cast<std::size_t>(settings_.storeKept);
  store_.crash(settings_.storeKept < 0 ? kept : std::min(keptMax, store_.unflushedBatches()));
  files_.unlock();
  serving_ = false;
  ended_ = false;
}

void Machine::leaveStoreWithoutSpace() {
  if (!process_) return;
  process_->store.failWrites = Error{ErrorKind::diskFull, "no space for a table file"};
  process_->store.failFlushes = process_->store.failWrites;
}

node::NodeParts* Machine::parts() { return process_ ? &process_->node.parts() : nullptr; }

Backup Machine::backup(LogSight log) const {
  Backup backup{files_, store_.persisted(), std::move(log)};
  backup.files.powerCut();
  return backup;
}

void Machine::putBack(const Backup& backup) {
  assert(!process_);
  files_ = backup.files;
  store_.replaceAll(backup.store);
}

void Machine::wipe() {
  assert(!process_);
  files_.wipe();
  store_.replaceAll({});
}

void Machine::fatal(ports::ExitCode code, const std::string& reason) {
  watch_.onLine(number_,
                "stopped   exit " + std::to_string(static_cast<int>(code)) + ": " + reason);
  onStopped(code);
}

void Machine::note(ports::Severity, const std::string& line) { watch_.onLine(number_, line); }

void Machine::onServing() {
  serving_ = true;
  watch_.onServing(number_);
}

// Nothing it asks for comes any more; between two events it is cleared away.
void Machine::onStopped(ports::ExitCode code) {
  ended_ = true;
  serving_ = false;
  life_->die();
  watch_.onEnded(number_, code);
}

void Machine::onWritten(const std::string& path, std::uint64_t offset, BytesView bytes) {
  watch_.onWritten(number_, directory_, path, offset, bytes);
}

void Machine::onSynced(const std::string& path) { watch_.onSynced(number_, path); }

void Machine::wakeAt(MonoTime when, ports::TimerSink& sink, std::uint64_t token) {
  life_->wakeAt(when, sink, token);
}

void Machine::atRoundEnd(ports::TimerSink& sink, std::uint64_t token) {
  life_->atRoundEnd(sink, token);
}

}  // namespace henge::sim
