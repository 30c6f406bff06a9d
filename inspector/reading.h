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
  std::vector<ReadNode> nodes;  // every member that is to be read, ascending by id
  std::vector<NodeId> leftOut;  // the others
  WallTime readAt;
  std::map<std::uint64_t, NodeId> writers;  // whose stamps are whose

  int answered() const;
};

// What was found, for the last line and the exit code.
struct Tally {
  std::uint64_t keys = 0;
  std::uint64_t deleted = 0;
  std::uint64_t disagreeing = 0;
  std::uint64_t shown = 0;
  std::uint64_t unseen = 0;     // of those shown, had the screen room for them
  std::optional<Bytes> goOnAt;  // stopped by --limit: this key would be next
};

// The ring from the first address that answers, then a connection to every member, or to those in
// `only`. A member that turns out to be another node, or of another ring, is not read. Errors:
// unavailable, naming every address; invalidRequest: `only` names no member.
Result<Reading> openReading(SourceDialer& dialer, const std::vector<Address>& addresses,
                            const std::vector<NodeId>& only = {});

// A stream for each node that was reached, from its first key of the range on.
std::vector<NodeStream> streamsOf(Reading& reading, const KeyRange& range = {},
                                  std::size_t pageRecords = NodeStream::recordsPerPage);

}  // namespace henge::inspector
