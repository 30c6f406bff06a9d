// Which nodes are read, and who could not be.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/cluster.h"
#include "core/node_status.h"
#include "inspector/dump_source.h"
#include "inspector/key_merge.h"

namespace henge::inspector {

struct ReadNode {
  Member member;
  std::unique_ptr<DumpSource> source;  // nullptr: not reached
  std::optional<NodeStatus> status;
  std::string cause;  // why it is not read, or not to the end
};

struct Reading {
  Cluster cluster;
  std::vector<ReadNode> nodes;  // every member, ascending by id
  WallTime readAt;
  std::map<std::uint64_t, NodeId> writers;  // whose stamps are whose

  int answered() const;
};

// What was found, for the last line and the exit code.
struct Tally {
  std::uint64_t keys = 0;
  std::uint64_t deleted = 0;
  std::uint64_t disagreeing = 0;
  bool limited = false;  // stopped by --limit: there may be more
};

// The ring from the first address that answers, then a connection to every member. A member that
// turns out to be another node, or of another ring, is not read. The error names every address.
Result<Reading> openReading(SourceDialer& dialer, const std::vector<Address>& addresses);

// A stream for each node that was reached, from its first key on.
std::vector<NodeStream> streamsOf(Reading& reading);

}  // namespace henge::inspector
