// What a person reads after status, ring and accept (docs/console.md shows every screen).
#pragma once

#include <string>

#include "client/cluster_sight.h"

namespace henge::client {

std::string statusText(const ClusterSight& sight, bool colour);
std::string ringText(const ClusterSight& sight, bool colour);

// Where one key lives, who of its replicas is up, which levels can be served.
std::string placeText(const ClusterSight& sight, BytesView key);

// What accepting `node` would mean. Precondition: a member that told its status; `log` is its log.
std::string acceptWarning(const ClusterSight& sight, NodeId node, const LogView& log);

}  // namespace henge::client
