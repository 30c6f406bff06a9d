#include "inspector/reading.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace henge::inspector {

namespace {

// The ring, and the connection it came by.
Result<RingView> firstRing(SourceDialer& dialer, const std::vector<Address>& addresses) {
  std::string causes;
  for (const Address& address : addresses) {
    Result<std::unique_ptr<DumpSource>> source = dialer.dial(address);
    Result<RingView> ring = source ? (*source)->ring() : source.error();
    Status sound = ring ? validate(ring->cluster) : ring.error();
    if (sound.ok()) return ring;
    causes += fmt::format("{}{} {}", causes.empty() ? "" : ", ", toString(address),
                          sound.error().message);
  }
  return Error{ErrorKind::unavailable, "no node answered: " + causes};
}

Status checkSame(const RingView& expected, const RingView& found, NodeId node) {
  if (found.cluster.id != expected.cluster.id) {
    return Error{ErrorKind::mismatch,
                 fmt::format("a node of cluster \"{}\" answers there", found.cluster.name)};
  }
  if (found.node != node) {
    return Error{ErrorKind::mismatch, toString(found.node) + " answers there"};
  }
  if (found.ringHash != expected.ringHash) {
    return Error{ErrorKind::mismatch, "it has another ring"};
  }
  return {};
}

ReadNode openNode(SourceDialer& dialer, const RingView& expected, const Member& member) {
  ReadNode node{member, nullptr, {}, ""};
  Result<std::unique_ptr<DumpSource>> source = dialer.dial(member.client);
  Result<RingView> ring = source ? (*source)->ring() : source.error();
  Status same = ring ? checkSame(expected, *ring, member.id) : ring.error();
  if (!same.ok()) {
    node.cause = same.error().message;
    return node;
  }
  Result<NodeStatus> status = (*source)->status();
  if (!status) {
    node.cause = status.error().message;
    return node;
  }
  node.status = std::move(*status);
  node.source = std::move(*source);
  return node;
}

bool holds(const std::vector<NodeId>& nodes, NodeId node) {
  return std::find(nodes.begin(), nodes.end(), node) != nodes.end();
}

Status checkMembers(const Cluster& cluster, const std::vector<NodeId>& only) {
  std::vector<NodeId> members;
  std::string names;
  for (const Member& member : cluster.members) {
    members.push_back(member.id);
    names += " " + toString(member.id);
  }
  for (const NodeId node : only) {
    if (holds(members, node)) continue;
    return Error{ErrorKind::invalidRequest,
                 fmt::format("there is no {}; this cluster has{}", toString(node), names)};
  }
  return {};
}

}  // namespace

int Reading::answered() const {
  return static_cast<int>(std::count_if(
      nodes.begin(), nodes.end(), [](const ReadNode& node) { return node.source != nullptr; }));
}

Result<Reading> openReading(SourceDialer& dialer, const std::vector<Address>& addresses,
                            const std::vector<NodeId>& only) {
  Result<RingView> ring = firstRing(dialer, addresses);
  if (!ring) return ring.error();
  if (Status known = checkMembers(ring->cluster, only); !known) return known.error();
  Reading reading;
  reading.cluster = ring->cluster;
  for (const MemberView& view : ring->members) {
    if (view.writer != 0) reading.writers[view.writer] = view.member.id;
  }
  for (const Member& member : reading.cluster.members) {
    if (only.empty() || holds(only, member.id)) {
      reading.nodes.push_back(openNode(dialer, *ring, member));
    } else {
      reading.leftOut.push_back(member.id);
    }
  }
  if (reading.answered() > 0) return reading;
  std::string causes;
  for (const ReadNode& node : reading.nodes) {
    causes += fmt::format("{}{} {}", causes.empty() ? "" : ", ", toString(node.member.client),
                          node.cause);
  }
  return Error{ErrorKind::unavailable, "no node answered: " + causes};
}

std::vector<NodeStream> streamsOf(Reading& reading, const KeyRange& range,
                                  std::size_t pageRecords) {
  std::vector<NodeStream> streams;
  for (ReadNode& node : reading.nodes) {
    if (node.source == nullptr) continue;
    streams.emplace_back(node.member.id, *node.source, reading.cluster.partitioner, range,
                         pageRecords);
  }
  return streams;
}

}  // namespace henge::inspector
