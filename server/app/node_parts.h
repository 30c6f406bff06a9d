// Everything a node is made of, in the order it is made; the last is destroyed first.
#pragma once

#include <memory>

#include "server/app/configuration.h"
#include "server/app/event_log.h"
#include "server/app/key_census.h"
#include "server/app/node_admin.h"
#include "server/app/own_identity.h"
#include "server/coordinator/coordinator.h"
#include "server/coordinator/replica_route.h"
#include "server/engine/rocks_store.h"
#include "server/membership/peer_book.h"
#include "server/replica/replica.h"
#include "server/runtime/data_directory.h"
#include "server/runtime/loop.h"
#include "server/runtime/posix_disk.h"
#include "server/runtime/process_fatal.h"
#include "server/runtime/seeded_random.h"
#include "server/storage/durable_clock.h"
#include "server/storage/shard_storage.h"
#include "wire/client_door.h"
#include "wire/listener.h"
#include "wire/peer_door.h"
#include "wire/peer_links.h"
#include "wire/self.h"

namespace henge::app {

// What the parts need that had to be opened, and could fail, before any of them stood.
struct Foundation {
  std::unique_ptr<runtime::DataDirectory> directory;
  OwnIdentity own;
  std::unique_ptr<runtime::Loop> loop;
  std::unique_ptr<runtime::PosixDisk> commitDisk;
  std::unique_ptr<runtime::PosixDisk> sideDisk;
  std::unique_ptr<runtime::ProcessFatal> fatal;
  std::unique_ptr<engine::RocksStore> store;
};

Result<Foundation> layFoundation(const Configuration& configuration, const Cluster& cluster,
                                 runtime::SeededRandom& random, EventLog& events);

// This node's word to its peers, kept current. Thread: the loop's.
class OwnHello final : public wire::Self {
 public:
  OwnHello(const Configuration& configuration, const Cluster& cluster, const OwnIdentity& own,
           const membership::PeerBook& book, const ports::Storage& storage);
  const PeerHello& hello() const override;

 private:
  const membership::PeerBook& book_;
  const ports::Storage& storage_;
  mutable PeerHello hello_;
};

struct NodeParts {
  NodeParts(const Configuration& configuration, const Cluster& cluster, Foundation foundation,
            runtime::SeededRandom& random, EventLog& events);

  Foundation base;
  std::shared_ptr<const Ring> ring;
  membership::PeerBook peerBook;
  storage::DurableClock stamps;
  replica::Replica replica;
  storage::ShardStorage storage;
  OwnHello self;
  wire::PeerLinks links;
  coordinator::ReplicaRoute route;
  coordinator::Coordinator coordinator;
  KeyCensus census;
  NodeAdmin admin;
  wire::PeerDoor peerDoor;
  wire::ClientDoor clientDoor;
  wire::Listener peerListener;
  wire::Listener clientListener;
};

}  // namespace henge::app
