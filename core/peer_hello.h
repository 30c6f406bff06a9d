// How two nodes make sure that they belong together before any other word is said.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/ids.h"
#include "core/result.h"

namespace henge {

inline constexpr std::uint32_t protocolVersion = 1;

struct PeerHello {
  std::uint32_t protocolMin = protocolVersion;
  std::uint32_t protocolMax = protocolVersion;
  std::vector<std::string> features;
  ClusterId cluster;
  std::string clusterName;
  NodeId node;
  DirectoryId directory;
  Incarnation incarnation;
  std::uint32_t shards = 1;
  std::uint64_t epoch = 0;
  std::uint64_t ringHash = 0;
  int replication = 0;
  std::uint32_t valueBytesMax = 0;
  LogPosition syncedTo;  // the end of the sender's log that is surely on disk
  bool rebuilding = false;
  std::int64_t hybridTime = 0;  // of the sender, microseconds; 0: not said
  std::int64_t wallTime = 0;    // its wall clock; 0: not said
};

// Names the first difference that forbids talking, with both values and what would be right:
// protocol, cluster id, N, ring, shards, itself. (N before the ring: the ring's hash covers N, and
// "replication 3 here, 2 there" says more. A cluster's name is only shown: its id decides.)
Status checkHello(const PeerHello& mine, const PeerHello& theirs);

}  // namespace henge
