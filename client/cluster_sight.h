// The whole cluster as seen from here: every node asked at once, their answers put together.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "client/node_session.h"
#include "core/ring.h"
#include "server/ports/clock.h"

namespace henge::client {

// What one address answered.
struct NodeLook {
  Address address;
  std::optional<RingView> ring;
  std::optional<NodeStatus> status;
  Duration clockOffset;  // the node's wall clock less ours, halfway through the call
  std::string cause;     // why there is no status
};

// unreachable: other nodes see it up, only we get no answer.
enum class MemberState { up, unreachable, rebuilding, starting, draining, down };

struct MemberSight {
  Member member;
  MemberState state = MemberState::down;
  std::string reason;             // unless up
  std::optional<Duration> since;  // down or rebuilding for so long, as another node says
  std::optional<NodeStatus> status;
  Duration clockOffset;

  // Counts for levels, as far as can be told.
  bool alive() const { return state == MemberState::up || state == MemberState::unreachable; }
};

struct RangeSight {
  RingRange range;
  std::optional<std::int64_t> keys;  // nullopt: its owner did not say
  int alive = 0;                     // of its replicas
};

struct ClusterSight {
  Cluster cluster;
  std::vector<MemberSight> members;  // ascending by id
  std::vector<RangeSight> ranges;    // in ring order
  std::vector<std::string> remarks;  // contradictions, in words
  std::map<std::uint64_t, NodeId> writers;

  const MemberSight& member(NodeId node) const;  // precondition: a member
  int answered() const;
};

std::string_view nameOf(MemberState state);

// Where the count of a range's keys stands among its owner's counters.
std::string rangeKeysCounter(const Bytes& firstToken);  // "range_keys.40"

// Asks every address at once, each in a thread of its own. No longer than `budget`.
std::vector<NodeLook> lookAtAll(Dialer& dialer, const std::vector<Address>& addresses,
                                const ports::Clock& clock, Duration budget);

// Pure. The first look that brought a ring says which cluster it is; looks at other clusters are
// left out and remarked. Precondition: one look has a ring.
ClusterSight sightFrom(const std::vector<NodeLook>& looks);

// Looks at the addresses, then at members that were not among them. The error names every address
// and its cause.
Result<ClusterSight> seeCluster(Dialer& dialer, const std::vector<Address>& addresses,
                                const ports::Clock& clock, Duration budget);

// The log of a member that told its status; else the reason why it did not.
Result<LogView> askLog(Dialer& dialer, const MemberSight& member, Duration timeout);

}  // namespace henge::client
