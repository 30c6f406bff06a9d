#include "server/app/node_process.h"

#include <fmt/format.h>
#include <unistd.h>

#include "core/version_text.h"
#include "server/app/own_identity.h"
#include "server/engine/rocks_store.h"
#include "server/node/node.h"
#include "server/runtime/asio_network.h"
#include "server/runtime/data_directory.h"
#include "server/runtime/loop.h"
#include "server/runtime/posix_disk.h"
#include "server/runtime/process_fatal.h"
#include "server/runtime/seeded_random.h"
#include "server/runtime/signals.h"
#include "wire/thrift_output.h"

namespace henge::app {

namespace {

storage::LogSync logSyncOf(const std::string& name) {
  if (name == "periodic") return storage::LogSync::periodic;
  return name == "off" ? storage::LogSync::off : storage::LogSync::always;
}

node::NodeOptions nodeOptions(const Configuration& c, std::string storeSetAside) {
  node::NodeOptions options;
  options.self = *c.node;
  options.limits = c.limits;
  options.hints = c.hints;
  options.operationsMax = static_cast<std::size_t>(c.operationsMax);
  options.links.requestsInFlightMax = static_cast<std::size_t>(c.peerRequestsMax);
  options.links.bytesInFlightMax = c.peerBytesMax;
  options.detector.pace(c.probeEvery);
  options.storage.logSync = logSyncOf(c.logSync);
  options.storage.onLogDamage =
      c.onLogDamage == "stop" ? storage::OnLogDamage::stop : storage::OnLogDamage::quarantine;
  options.storage.syncPeriod = c.logSyncPeriod;
  if (c.logCompression == "zstd") options.storage.logCompression = storage::LogCompression::zstd;
  options.storage.segmentBytes = c.segmentBytes;
  options.storage.segmentAgeMax = c.segmentAge;
  options.storage.frozenTablesMax = static_cast<std::uint64_t>(c.frozenTablesMax);
  options.storage.logBytesMax = c.logBytesMax;
  options.storage.pendingBytesMax = c.pendingBytesMax;
  options.storage.ballastBytes = c.ballastBytes;
  for (wire::ListenerOptions* port : {&options.clientPort, &options.peerPort}) {
    port->connectionsMax = static_cast<std::size_t>(c.connectionsMax);
    port->idleDeadline = c.idleTimeout;
  }
  options.drainTimeout = c.drainTimeout;
  options.pid = ::getpid();
  options.storeSetAside = std::move(storeSetAside);
  return options;
}

engine::EngineOptions engineOptions(const Configuration& c) {
  engine::EngineOptions options;
  options.directory = c.dataDirectory + "/store";
  options.cacheBytes = c.cacheBytes;
  options.memtableBytes = c.memtableBytes;
  return options;
}

// Design rule 12: who listens where other machines can reach it has said so.
Status checkReach(const Configuration& configuration, const Member& member) {
  if (configuration.listenRemote) return {};
  for (const Address& address : {member.client, member.peer}) {
    if (address.host == "localhost" || address.host == "::1" || address.host.starts_with("127.")) {
      continue;
    }
    return Error{ErrorKind::mismatch,
                 fmt::format("{} would listen on {}, which other machines can reach; give "
                             "--listen_remote if that is meant",
                             toString(member.id), toString(address))};
  }
  return {};
}

// What had to be opened, and could fail, before the node stood on it.
struct Foundation {
  std::unique_ptr<runtime::DataDirectory> directory;
  node::OwnIdentity own;
  std::unique_ptr<runtime::Loop> loop;
  std::unique_ptr<runtime::AsioNetwork> network;
  std::unique_ptr<runtime::PosixDisk> commitDisk;
  std::unique_ptr<runtime::PosixDisk> sideDisk;
  std::unique_ptr<runtime::ProcessFatal> fatal;
  std::unique_ptr<engine::RocksStore> store;
  std::string storeSetAside;  // as node::NodeOptions
};

// A damaged store is set aside whole. What the log still holds goes into an empty one; whether that
// is everything, the replay finds out.
Result<std::unique_ptr<engine::RocksStore>> openStore(const Configuration& configuration,
                                                      Foundation& base) {
  const engine::Post post = [loop = base.loop.get()](std::function<void()> work) {
    loop->post(std::move(work));
  };
  auto store = engine::RocksStore::open(engineOptions(configuration), post);
  if (store.ok() || store.error().kind != ErrorKind::corrupt) return store;
  auto aside = base.directory->setAside("store");
  if (!aside.ok()) return aside.error();
  base.storeSetAside = fmt::format("the store was damaged and has been set aside as {}: {}", *aside,
                                   store.error().message);
  return engine::RocksStore::open(engineOptions(configuration), post);
}

Result<Foundation> layFoundation(const Configuration& configuration, const Cluster& cluster,
                                 runtime::SeededRandom& random, EventLog& events) {
  Foundation base;
  auto directory = runtime::DataDirectory::open(configuration.dataDirectory,
                                                runtime::DataDirectory::IfMissing::make);
  if (!directory.ok()) return directory.error();
  base.directory = std::make_unique<runtime::DataDirectory>(std::move(*directory));
  auto own = openIdentity(*base.directory, cluster, *configuration.node, random);
  if (!own.ok()) return own.error();
  base.own = std::move(*own);

  base.loop = std::make_unique<runtime::Loop>();
  base.network = std::make_unique<runtime::AsioNetwork>(*base.loop);
  for (auto* disk : {&base.commitDisk, &base.sideDisk}) {
    auto opened = runtime::PosixDisk::open(*base.loop, configuration.dataDirectory);
    if (!opened.ok()) return opened.error();
    *disk = std::move(*opened);
  }
  base.fatal = std::make_unique<runtime::ProcessFatal>(
      [&events](ports::ExitCode code, const std::string& reason) {
        events.note(ports::Severity::error,
                    fmt::format("stopped   exit {}: {}", static_cast<int>(code), reason));
      });
  auto store = openStore(configuration, base);
  if (!store.ok()) return store.error();
  base.store = std::move(*store);
  return base;
}

}  // namespace

class NodeProcess::Impl final : private node::NodeSink {
 public:
  Impl(Configuration configuration, const Cluster& cluster, Foundation foundation,
       runtime::SeededRandom random, EventLog& events)
      : configuration_(std::move(configuration)),
        events_(events),
        random_(random),
        base_(std::move(foundation)),
        node_(nodeOptions(configuration_, base_.storeSetAside), cluster, base_.own,
              {*base_.loop, *base_.loop, random_, *base_.network, *base_.commitDisk,
               *base_.sideDisk, *base_.store, events, *base_.fatal},
              *this) {}

  ports::ExitCode run() {
    events_.note(ports::Severity::info,
                 fmt::format("starting  henge {}  pid {}  data {}  log_sync {}", softwareVersion,
                             ::getpid(), configuration_.dataDirectory, configuration_.logSync));
    const runtime::Signals signals(*base_.loop, [this](int) { node_.drain(); });
    node_.start();
    base_.loop->run();
    return exitCode_;
  }

 private:
  void onServing() override {}
  void onStopped(ports::ExitCode code) override {
    exitCode_ = code;
    base_.loop->stop();
  }

  Configuration configuration_;
  EventLog& events_;
  runtime::SeededRandom random_;
  Foundation base_;
  node::Node node_;
  ports::ExitCode exitCode_ = ports::ExitCode::ok;
};

NodeProcess::NodeProcess(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
NodeProcess::~NodeProcess() = default;

Result<std::unique_ptr<NodeProcess>> NodeProcess::open(Configuration configuration, Cluster cluster,
                                                       EventLog& events) {
  wire::routeThriftOutput([&events](const std::string& line) {
    events.note(ports::Severity::warning, "thrift: " + line);
  });
  const Member* member = cluster.find(*configuration.node);
  if (!member) {
    return Error{ErrorKind::mismatch, fmt::format("{} is not a member of cluster \"{}\"",
                                                  toString(*configuration.node), cluster.name)};
  }
  if (const Status status = checkReach(configuration, *member); !status.ok()) {
    return status.error();
  }
  runtime::SeededRandom random(runtime::systemSeed());
  Result<Foundation> base = layFoundation(configuration, cluster, random, events);
  if (!base.ok()) return base.error();
  return std::unique_ptr<NodeProcess>(new NodeProcess(
      std::make_unique<Impl>(std::move(configuration), cluster, std::move(*base), random, events)));
}

ports::ExitCode NodeProcess::run() { return impl_->run(); }

}  // namespace henge::app
