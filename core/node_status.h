// What a node tells operators of itself (idl/admin.thrift mirrors it).
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/cluster.h"
#include "core/ids.h"
#include "core/member_claim.h"
#include "core/record.h"
#include "core/time.h"
#include "core/up_set.h"

namespace henge {

// A member, as the asked node sees it.
struct MemberView {
  Member member;
  Liveness liveness = Liveness::down;
  std::string reason;        // why it is not up; of one that is up, why it is slow
  Duration since;            // in this state for so long
  std::uint64_t writer = 0;  // 0: not known
  DirectoryId directory;     // 0: never met

  Standing standing = Standing::alive;  // what the cluster says; of the asked node itself: alive
  bool slow = false;                    // reads ask it last
  Duration latency{};                   // of its answers, weighted; 0: none yet
  Duration latency95{};                 // nineteen of twenty of the last ones took no longer
};

struct RingView {
  Cluster cluster;  // members without views are in `members`
  std::uint64_t ringHash = 0;
  std::vector<MemberView> members;
  NodeId node;  // who answers
};

struct NodeStatus {
  NodeId node;
  std::string version;
  Duration uptime;
  std::int64_t pid = 0;
  std::string state;  // "serving" "starting" "rebuilding" "draining"
  std::string stateReason;
  std::int64_t keys = 0;  // estimate
  std::int64_t dataBytes = 0;
  std::map<std::string, std::int64_t> counters;
  LogPosition applied;
  LogPosition synced;
  std::int64_t segments = 0;
  std::int64_t logBytes = 0;
  std::string logSync;  // "always" "periodic" "off"
  std::int64_t hybridTime = 0;
  WallTime wallTime;
  DirectoryId directory;
  std::uint64_t boot = 0;
};

// One page of what one node holds, in ring order.
struct DumpPage {
  std::vector<Record> records;
  bool more = false;
  Bytes resumeKey;  // opaque: give it back to go on
};

}  // namespace henge
