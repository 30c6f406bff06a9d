// Whose data directory this is: made at the first start, checked at each one after.
#pragma once

#include <optional>
#include <string>

#include "core/cluster.h"
#include "core/peer_hello.h"
#include "core/result.h"
#include "server/ports/random.h"
#include "server/storage/identity.h"

namespace henge::node {

struct OwnIdentity {
  storage::Identity identity;  // its boot counter already raised
  Incarnation incarnation;
  bool fresh = false;  // the directory is made by this start
};

// A data directory as a start finds it, locked.
struct FoundDirectory {
  std::string path;
  std::optional<Bytes> identityFile;  // storage::identityPath; nullopt: none
  bool holdsData = false;             // there is a log or a store in it
};

// What this start is. Its identity must be on disk before anything else is done. Refuses
// (mismatch) a directory of another cluster or node, other tokens than it was made with, another
// ring or a newer format, each by name; corrupt: the identity file is damaged, or missing from a
// directory that holds data.
Result<OwnIdentity> nextStart(const FoundDirectory& found, const Cluster& cluster, NodeId node,
                              ports::Random& random);

}  // namespace henge::node
