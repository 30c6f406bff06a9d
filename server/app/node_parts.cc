#include "server/app/node_parts.h"

#include <fmt/format.h>

namespace henge::app {

namespace {

storage::LogSync logSyncOf(const std::string& name) {
  if (name == "periodic") return storage::LogSync::periodic;
  return name == "off" ? storage::LogSync::off : storage::LogSync::always;
}

storage::StorageOptions storageOptions(const Configuration& c, const Cluster& cluster,
                                       const OwnIdentity& own) {
  storage::StorageOptions options;
  options.owner = {own.identity.cluster, own.identity.directory, 0};
  options.partitioner = cluster.partitioner;
  options.logSync = logSyncOf(c.logSync);
  options.syncPeriod = c.logSyncPeriod;
  options.segmentBytes = c.segmentBytes;
  options.segmentAgeMax = c.segmentAge;
  options.frozenTablesMax = static_cast<std::uint64_t>(c.frozenTablesMax);
  options.logBytesMax = c.logBytesMax;
  options.pendingBytesMax = c.pendingBytesMax;
  return options;
}

engine::EngineOptions engineOptions(const Configuration& c) {
  engine::EngineOptions options;
  options.directory = c.dataDirectory + "/store";
  options.cacheBytes = c.cacheBytes;
  options.memtableBytes = c.memtableBytes;
  return options;
}

wire::ListenerOptions listenerOptions(const Configuration& c, const Address& address,
                                      const char* name) {
  wire::ListenerOptions options;
  options.name = name;
  options.address = address;
  options.connectionsMax = static_cast<std::size_t>(c.connectionsMax);
  options.frameBytesMax = c.limits.frameBytesMax();
  options.idleDeadline = c.idleTimeout;
  return options;
}

wire::PeerLinksOptions linkOptions(const Configuration& c, const Cluster& cluster, NodeId self) {
  wire::PeerLinksOptions options;
  options.cluster = cluster;
  options.self = self;
  options.frameBytesMax = c.limits.frameBytesMax();
  return options;
}

std::size_t operationsOf(const Configuration& c) {
  return static_cast<std::size_t>(c.operationsMax);
}

}  // namespace

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
  auto store = engine::RocksStore::open(
      engineOptions(configuration),
      [loop = base.loop.get()](std::function<void()> work) { loop->post(std::move(work)); },
      [fatal = base.fatal.get()](const Error& error) {
        fatal->fatal(ports::ExitCode::engineFailed, "the store failed: " + error.message);
      });
  if (!store.ok()) return store.error();
  base.store = std::move(*store);
  return base;
}

OwnHello::OwnHello(const Configuration& configuration, const Cluster& cluster,
                   const OwnIdentity& own, const membership::PeerBook& book,
                   const ports::Storage& storage)
    : book_(book), storage_(storage) {
  if (configuration.logSync == "always") hello_.features.emplace_back(membership::logSyncAlways);
  hello_.cluster = cluster.id;
  hello_.clusterName = cluster.name;
  hello_.node = own.identity.node;
  hello_.directory = own.identity.directory;
  hello_.incarnation = own.incarnation;
  hello_.shards = own.identity.shards;
  hello_.epoch = cluster.epoch;
  hello_.ringHash = ringHash(cluster);
  hello_.replication = cluster.replication;
  hello_.valueBytesMax = configuration.limits.valueBytesMax;
}

const PeerHello& OwnHello::hello() const {
  hello_.syncedTo = storage_.status().synced;
  hello_.rebuilding = book_.mustRebuild();
  return hello_;
}

NodeParts::NodeParts(const Configuration& c, const Cluster& cluster, Foundation foundation,
                     runtime::SeededRandom& random, EventLog& events)
    : base(std::move(foundation)),
      ring(std::make_shared<Ring>(cluster)),
      peerBook({.self = *c.node,
                .directory = base.own.identity.directory,
                .freshDirectory = base.own.fresh},
               ring, {*base.loop, *base.loop, *base.sideDisk, events}),
      stamps(base.own.identity.writer, {*base.sideDisk, *base.loop, *base.loop, events}),
      replica({.self = *c.node, .limits = c.limits, .operationsMax = operationsOf(c)}, ring,
              {*base.loop, peerBook, stamps, events}),
      storage(storageOptions(c, cluster, base.own), replica,
              {*base.commitDisk, *base.sideDisk, *base.store, *base.loop, *base.loop, *base.fatal,
               events}),
      self(c, cluster, base.own, peerBook, storage),
      links(linkOptions(c, cluster, *c.node),
            {base.loop->context(), *base.loop, *base.loop, random, events, stamps, peerBook, self}),
      route(*c.node, replica, links, *base.loop),
      coordinator({.self = *c.node, .limits = c.limits, .operationsMax = operationsOf(c)}, ring,
                  {*base.loop, *base.loop, route, peerBook, stamps, events}),
      census(*c.node, ring, *base.loop, *base.loop, storage),
      admin(base.own, c.logSync, ring,
            {*base.loop, stamps, storage, peerBook, coordinator, replica, census}),
      peerDoor({cluster, *c.node, c.limits}, {*base.loop, events, stamps, peerBook, replica, self}),
      clientDoor({cluster, *c.node, base.own.identity.writer, c.limits},
                 {*base.loop, stamps, coordinator, admin}),
      peerListener(listenerOptions(c, cluster.find(*c.node)->peer, "peer port"),
                   base.loop->context(), *base.loop, *base.loop, events, peerDoor),
      clientListener(listenerOptions(c, cluster.find(*c.node)->client, "client port"),
                     base.loop->context(), *base.loop, *base.loop, events, clientDoor) {
  replica.attach(storage);
}

}  // namespace henge::app
