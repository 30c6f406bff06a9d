// Whose data directory this is: made at the first start, checked at each one after.
#pragma once

#include "core/cluster.h"
#include "core/result.h"
#include "server/ports/random.h"
#include "server/runtime/data_directory.h"
#include "server/storage/identity.h"

namespace henge::app {

struct OwnIdentity {
  storage::Identity identity;  // its boot counter already raised, on disk
  Incarnation incarnation;
  bool fresh = false;  // the directory was made by this start
};

// Refuses (mismatch) a directory of another cluster or node, other tokens than it was made with,
// another ring or a newer format, each by name; corrupt: the identity file is damaged, or missing
// from a directory that holds data. Blocks; before the loop runs.
Result<OwnIdentity> openIdentity(runtime::DataDirectory& directory, const Cluster& cluster,
                                 NodeId node, ports::Random& random);

}  // namespace henge::app
