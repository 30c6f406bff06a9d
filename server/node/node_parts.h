// Everything a node is made of, in the order it is made; the last is destroyed first.
#pragma once

#include <memory>

#include "server/coordinator/coordinator.h"
#include "server/coordinator/replica_route.h"
#include "server/handoff/handoff.h"
#include "server/membership/peer_book.h"
#include "server/membership/peer_reports.h"
#include "server/node/key_census.h"
#include "server/node/node_admin.h"
#include "server/node/node_options.h"
#include "server/node/own_identity.h"
#include "server/replica/replica.h"
#include "server/storage/durable_clock.h"
#include "server/storage/shard_storage.h"
#include "wire/client_door.h"
#include "wire/listener.h"
#include "wire/peer_door.h"
#include "wire/peer_links.h"
#include "wire/self.h"

namespace henge::node {

// This node's word to its peers, kept current. Thread: the loop's.
class OwnHello final : public wire::Self {
 public:
  OwnHello(const NodeOptions& options, const Cluster& cluster, const OwnIdentity& own,
           const membership::PeerBook& book, const ports::Storage& storage,
           const ports::Stamps& stamps);
  const PeerHello& hello() const override;

 private:
  const membership::PeerBook& book_;
  const ports::Storage& storage_;
  const ports::Stamps& stamps_;
  mutable PeerHello hello_;
};

// A store that cannot be trusted costs this node its vote. Peers hear of that in a hello, so they
// are dialled anew. Thread: the loop's.
class StoreDamage final : public ports::StorageFaults {
 public:
  StoreDamage(membership::PeerBook& book, ports::Events& events) : book_(book), events_(events) {}
  void onStoreDamaged(const std::string& reason) override;
  void setLinks(wire::PeerLinks* links) { links_ = links; }  // null: they are not to be dialled

 private:
  membership::PeerBook& book_;
  ports::Events& events_;
  wire::PeerLinks* links_ = nullptr;
};

// The only place where they are wired to each other. The host outlives them. Thread: the loop's.
struct NodeParts {
  NodeParts(const NodeOptions& options, const Cluster& cluster, OwnIdentity identity, Host host);

  OwnIdentity own;
  std::shared_ptr<const Ring> ring;
  membership::PeerBook peerBook;
  membership::Detector detector;
  membership::SlowPeers slowPeers;
  membership::PeerReports peerReports;
  storage::DurableClock stamps;
  replica::Replica replica;
  StoreDamage storeDamage;
  storage::ShardStorage storage;
  OwnHello self;
  wire::PeerLinks links;
  coordinator::ReplicaRoute route;
  handoff::Handoff handoff;
  coordinator::Coordinator coordinator;
  KeyCensus census;
  NodeAdmin admin;
  wire::PeerDoor peerDoor;
  wire::ClientDoor clientDoor;
  wire::Listener peerListener;
  wire::Listener clientListener;
};

}  // namespace henge::node
