// The identity of a data directory on a real disk.
#pragma once

#include "core/cluster.h"
#include "server/node/own_identity.h"
#include "server/runtime/data_directory.h"

namespace henge::app {

// Reads what is there, decides with node::nextStart(), and puts the raised boot counter on disk.
// Blocks; before the loop runs.
Result<node::OwnIdentity> openIdentity(runtime::DataDirectory& directory, const Cluster& cluster,
                                       NodeId node, ports::Random& random);

}  // namespace henge::app
