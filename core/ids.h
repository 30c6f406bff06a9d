// Numbers that must not be swapped for one another.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>

namespace henge {

// A member of the cluster, as its cluster file numbers it. Never given twice, even after removal.
struct NodeId {
  std::uint32_t value = 0;
  friend auto operator<=>(const NodeId&, const NodeId&) = default;
};

// One operation in flight on one node. Answers are addressed by it; 0 is never given out.
struct OpId {
  std::uint64_t value = 0;
  friend auto operator<=>(const OpId&, const OpId&) = default;
};

// Drawn at random: which cluster, which data directory, which run of the process.
struct ClusterId {
  std::uint64_t value = 0;
  friend auto operator<=>(const ClusterId&, const ClusterId&) = default;
};
struct DirectoryId {
  std::uint64_t value = 0;
  friend auto operator<=>(const DirectoryId&, const DirectoryId&) = default;
};

// Which start of a data directory this is. `boot` counts them, durably, from 1; `nonce` is drawn at
// each start, so that two starts from copies of one directory differ although they count alike.
struct Incarnation {
  std::uint64_t boot = 0;
  std::uint64_t nonce = 0;
  friend auto operator<=>(const Incarnation&, const Incarnation&) = default;
};

// A place in a shard's log: a byte offset in a numbered segment. {0,0} is before everything.
struct LogPosition {
  std::uint64_t segment = 0;
  std::uint64_t offset = 0;
  friend auto operator<=>(const LogPosition&, const LogPosition&) = default;
};

std::string toString(NodeId node);           // "n3"
std::string toString(ClusterId id);          // 16 hex digits
std::string toString(DirectoryId id);        // 16 hex digits
std::string toString(LogPosition position);  // "12:4096"

}  // namespace henge

template <>
struct std::hash<henge::OpId> {
  std::size_t operator()(henge::OpId op) const noexcept { return op.value; }
};
template <>
struct std::hash<henge::NodeId> {
  std::size_t operator()(henge::NodeId node) const noexcept { return node.value; }
};
