// The same reports for programs: one JSON object a line, "v":1, keys in a fixed order. Bytes stand
// as hex always and as text if they are UTF-8 (else null); times are microseconds since 1970; what
// is not known is null. docs/console.md lists every key.
#pragma once

#include <string>
#include <vector>

#include "client/cluster_sight.h"
#include "client/load/load_ledger.h"
#include "client/report.h"

namespace henge::client {

std::string writeJson(const WriteReport& report);
std::string readJson(const ReadReport& report);
std::string failureJson(const FailureReport& report, int exitCode);

// Nothing of a request reached a node, or a question of status, ring or accept failed.
std::string errorJson(std::string_view command, std::string_view error, const std::string& message,
                      int exitCode);

std::string statusJson(const ClusterSight& sight);  // a "cluster" line, then a "node" line each
std::string ringJson(const ClusterSight& sight);    // a "range" line each
std::string placeJson(const ClusterSight& sight, BytesView key);
// A "log" line, a "segment" line each, a "damage" line each.
std::string logJson(const LogView& log, const Address& address);
std::string damageJson(const LogView& log);
// A "hints" line, a "hint_target" line each, a "repair_mark" line each.
std::string hintsJson(const HintsView& view, const Address& address);
std::string hintSyncJson(NodeId node, const HintSync& sync);
std::string loadJson(const std::string& file, const LoadCounts& counts, bool interrupted,
                     Duration took, int exitCode);
std::string acceptJson(NodeId accepted, NodeId by, bool done, const std::string& message);

}  // namespace henge::client
