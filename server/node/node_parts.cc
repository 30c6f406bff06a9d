#include "server/node/node_parts.h"

#include <algorithm>
#include <string>

namespace henge::node {

namespace {

storage::StorageOptions storageOptions(const NodeOptions& options, const Cluster& cluster,
                                       const OwnIdentity& own) {
  storage::StorageOptions filled = options.storage;
  filled.owner = {own.identity.cluster, own.identity.directory, 0};
  filled.partitioner = cluster.partitioner;
  return filled;
}

constexpr std::size_t probesBesideRequests = 2 * membership::Detector::relayedMax;

std::vector<NodeId> idsOf(const Cluster& cluster) {
  std::vector<NodeId> ids;
  for (const Member& member : cluster.members) ids.push_back(member.id);
  return ids;
}

membership::DetectorOptions detectorOptions(const NodeOptions& options, const OwnIdentity& own) {
  membership::DetectorOptions filled = options.detector;
  filled.self = options.self;
  filled.boot = own.incarnation.boot;
  return filled;
}

// Each member is asked once in a round, and a node that is not well asks more rarely.
membership::PeerBookOptions peerBookOptions(const NodeOptions& options, const Cluster& cluster,
                                            const OwnIdentity& own) {
  membership::PeerBookOptions filled;
  filled.self = options.self;
  filled.directory = own.identity.directory;
  filled.freshDirectory = own.fresh;
  filled.savedEvery = options.peersSavedEvery;
  const auto members = static_cast<std::int64_t>(cluster.members.size());
  filled.reachedWithin =
      std::max(filled.reachedWithin, options.detector.probeEvery * (2 * members));
  return filled;
}

// One copy for all: with a thousand members it is large.
std::shared_ptr<const Cluster> clusterIn(const std::shared_ptr<const Ring>& ring) {
  return {ring, &ring->cluster()};
}

wire::ListenerOptions listenerOptions(wire::ListenerOptions options, const Limits& limits,
                                      const Address& address, const char* name) {
  options.name = name;
  options.address = address;
  options.frameBytesMax = limits.frameBytesMax();
  return options;
}

wire::ListenerOptions clientPortOptions(const NodeOptions& options, const Cluster& cluster) {
  wire::ListenerOptions filled = listenerOptions(options.clientPort, options.limits,
                                                 cluster.find(options.self)->client, "client port");
  filled.framing = wire::Framing::either;
  return filled;
}

// Of one connection, in work; more are refused. A peer stops asking at its own limit; but what it
// has given up may be in work here still.
std::size_t peerRequestsMax(const NodeOptions& options) {
  return std::max(options.peerPort.requestsInFlightMax, options.links.requestsInFlightMax);
}

wire::PeerDoorOptions peerDoorOptions(const NodeOptions& options,
                                      const std::shared_ptr<const Ring>& ring) {
  return {clusterIn(ring), options.self, options.limits, peerRequestsMax(options)};
}

// Each other member has one connection, and for a while, after a break unnoticed here, two.
wire::ListenerOptions peerPortOptions(const NodeOptions& options, const Cluster& cluster) {
  wire::ListenerOptions filled = listenerOptions(options.peerPort, options.limits,
                                                 cluster.find(options.self)->peer, "peer port");
  filled.connectionsMax = std::max(filled.connectionsMax, 2 * cluster.members.size());
  // The door refuses requests above its limit: it is never reading that stops, in front of probes,
  // or a busy node would look like a dead one.
  filled.requestsInFlightMax = peerRequestsMax(options) + probesBesideRequests;
  return filled;
}

wire::PeerLinksOptions linkOptions(const NodeOptions& options,
                                   const std::shared_ptr<const Ring>& ring) {
  wire::PeerLinksOptions filled = options.links;
  filled.cluster = clusterIn(ring);
  filled.self = options.self;
  filled.frameBytesMax = options.limits.frameBytesMax();
  return filled;
}

handoff::HandoffOptions handoffOptions(const NodeOptions& options, const OwnIdentity& own) {
  handoff::HandoffOptions filled;
  filled.self = options.self;
  filled.boot = own.incarnation.boot;
  filled.limits = options.hints;
  // Room for live requests is left; and what the link would refuse is not tried, for a refusal
  // costs a pause.
  std::size_t& windowMax = filled.sender.window.max;
  windowMax = std::clamp<std::size_t>(options.links.requestsInFlightMax / 2, 1, windowMax);
  return filled;
}

}  // namespace

OwnHello::OwnHello(const NodeOptions& options, const Cluster& cluster, const OwnIdentity& own,
                   const membership::PeerBook& book, const ports::Storage& storage,
                   const ports::Stamps& stamps)
    : book_(book), storage_(storage), stamps_(stamps) {
  if (options.storage.logSync == storage::LogSync::always) {
    hello_.features.emplace_back(membership::logSyncAlways);
  }
  hello_.features.emplace_back(ports::gossips);
  hello_.cluster = cluster.id;
  hello_.clusterName = cluster.name;
  hello_.node = own.identity.node;
  hello_.directory = own.identity.directory;
  hello_.incarnation = own.incarnation;
  hello_.shards = own.identity.shards;
  hello_.epoch = cluster.epoch;
  hello_.ringHash = ringHash(cluster);
  hello_.replication = cluster.replication;
  hello_.valueBytesMax = options.limits.valueBytesMax;
}

const PeerHello& OwnHello::hello() const {
  hello_.syncedTo = storage_.status().synced;
  hello_.rebuilding = book_.mustRebuild();
  hello_.hybridTime = stamps_.hybridNow();
  hello_.wallTime = stamps_.wall().micros;
  return hello_;
}

void StoreDamage::onStoreDamaged(const std::string& reason) {
  events_.note(ports::Severity::error, "damage    " + reason);
  book_.markRebuilding(reason);
  if (links_ == nullptr) return;
  links_->stop();
  links_->start();
}

NodeParts::NodeParts(const NodeOptions& o, const Cluster& cluster, OwnIdentity identity, Host host)
    : own(std::move(identity)),
      ring(std::make_shared<Ring>(cluster)),
      peerBook(peerBookOptions(o, cluster, own), ring,
               {host.clock, host.timers, host.sideDisk, host.events}),
      detector(detectorOptions(o, own), idsOf(cluster), {host.clock, host.timers, host.random},
               peerBook),
      slowPeers(o.slowPeers, host.clock, peerBook),
      peerReports(peerBook, detector),
      stamps({own.identity.writer, cluster.members.size(), o.limits.stampAheadMaxMs},
             {host.sideDisk, host.clock, host.timers, host.events}),
      replica({.self = o.self, .limits = o.limits, .operationsMax = o.operationsMax}, ring,
              {host.clock, peerBook, stamps, host.events}),
      storeDamage(peerBook, host.events),
      storage(storageOptions(o, cluster, own), replica,
              {host.commitDisk, host.sideDisk, host.store, host.clock, host.timers, host.fatal,
               host.events, storeDamage}),
      self(o, cluster, own, peerBook, storage, stamps),
      links(linkOptions(o, ring), {.network = host.network,
                                   .clock = host.clock,
                                   .timers = host.timers,
                                   .random = host.random,
                                   .events = host.events,
                                   .stamps = stamps,
                                   .peerEvents = peerReports,
                                   .me = self,
                                   .gossip = &detector,
                                   .latencies = &slowPeers}),
      route(o.self, replica, links, host.timers),
      handoff(handoffOptions(o, own), ring,
              {host.clock, host.timers, route, peerBook, storage, host.events}),
      coordinator({.self = o.self, .limits = o.limits, .operationsMax = o.operationsMax}, ring,
                  {host.clock, host.timers, route, peerBook, stamps, handoff, host.events}),
      census(o.self, ring, host.clock, host.timers, storage),
      admin({own, std::string(nameOf(o.storage.logSync)), o.pid}, ring,
            {host.clock, stamps, storage, peerBook, detector, slowPeers, coordinator, handoff,
             replica, census, host.events}),
      peerDoor(peerDoorOptions(o, ring),
               {host.clock, host.events, stamps, peerReports, replica, self, &links, &detector}),
      clientDoor({clusterIn(ring), o.self, own.identity.writer, o.limits},
                 {host.clock, stamps, coordinator, admin}),
      peerListener(peerPortOptions(o, cluster), host.network, host.clock, host.timers, host.events,
                   peerDoor),
      clientListener(clientPortOptions(o, cluster), host.network, host.clock, host.timers,
                     host.events, clientDoor) {
  replica.attach(storage);
  detector.attach(links);
}

}  // namespace henge::node
