// What a node is told at start, and what it stands on.
#pragma once

#include <cstdint>
#include <string>

#include "core/hint_policy.h"
#include "core/limits.h"
#include "server/membership/detector.h"
#include "server/membership/slow_peers.h"
#include "server/ports/clock.h"
#include "server/ports/disk.h"
#include "server/ports/events.h"
#include "server/ports/fatal.h"
#include "server/ports/network.h"
#include "server/ports/random.h"
#include "server/ports/store.h"
#include "server/ports/timers.h"
#include "server/storage/storage_options.h"
#include "wire/listener.h"
#include "wire/peer_links.h"

namespace henge::node {

// Whose the parts are (owner, cluster, addresses, frame sizes) the node fills in itself, from its
// identity and the cluster file.
struct NodeOptions {
  NodeId self;
  Limits limits;
  std::size_t operationsMax = 16'384;  // at the coordinator, and again at the replica
  storage::StorageOptions storage;
  wire::ListenerOptions clientPort;
  wire::ListenerOptions peerPort;
  wire::PeerLinksOptions links;
  HintLimits hints;
  membership::DetectorOptions detector;
  membership::SlowPeersOptions slowPeers;
  Duration peersSavedEvery = 5_s;
  Duration drainTimeout = 10_s;
  std::int64_t pid = 0;  // shown in status
  // The store was damaged and has been set aside, why and where to; empty: it was not. The store
  // given is an empty one then.
  std::string storeSetAside;
};

// The process around a node: production gives runtime's and engine's, the simulator its own.
struct Host {
  ports::Clock& clock;
  ports::Timers& timers;
  ports::Random& random;
  ports::Network& network;
  ports::Disk& commitDisk;
  ports::Disk& sideDisk;
  ports::Store& store;
  ports::Events& events;
  ports::Fatal& fatal;
};

}  // namespace henge::node
