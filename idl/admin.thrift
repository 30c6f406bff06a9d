// For tools: on the client port, beside the Store service.
include "types.thrift"

namespace cpp henge.thrift
namespace py henge.admin
namespace js henge

struct MemberInfo {
  1: optional i32 node;
  2: optional string zone;
  3: optional list<binary> tokens;
  4: optional types.Address client;
  5: optional types.Address peer;
  6: optional string state;          // as the asked node sees it: up, down, rebuilding
  7: optional string reason;         // why it is not up; if it is, why it is slow
  8: optional i64 sinceMs;           // in this state for so long
  9: optional i64 writer;
  10: optional i64 directory;
  11: optional string standing;      // what the cluster says: alive, suspect, dead
  12: optional bool slow;            // reads ask it last
  13: optional i64 latencyMicros;    // of its answers to the asked node, weighted
  14: optional i64 latency95Micros;  // nineteen of twenty took no longer
}

struct RingRequest {}
struct RingAnswer {
  1: optional i64 cluster;
  2: optional string name;
  3: optional i32 replication;
  4: optional string partitioner;    // bytes, hash
  5: optional i64 epoch;
  6: optional i64 ringHash;
  7: optional list<MemberInfo> members;
  8: optional i32 node;              // who answers
}

struct StatusRequest {}
struct StatusAnswer {
  1: optional i32 node;
  2: optional string version;
  3: optional i64 uptimeMs;
  4: optional i64 pid;
  5: optional string state;          // serving, starting, rebuilding, draining
  6: optional string stateReason;
  7: optional i64 keys;              // estimate
  8: optional i64 dataBytes;
  9: optional map<string, i64> counters;
  10: optional types.LogPosition applied;
  11: optional types.LogPosition synced;
  12: optional i64 segments;
  13: optional i64 logBytes;
  14: optional string logSync;       // always, periodic, off
  15: optional i64 hybridTime;
  16: optional i64 wallTime;
  17: optional list<i64> rangeKeys;  // records this node holds as owner, per range of the ring
  18: optional i64 directory;
  19: optional i64 boot;
}

// The recovery log of this very node.
struct LogSegment {
  1: optional i64 id;
  2: optional i64 fileBytes;         // on the disk, full or not
  3: optional i64 endOffset;         // offset behind its last byte
  4: optional string state;          // closed, active, ready (made ahead of need)
}
struct LogDamage {
  1: optional string file;           // relative to the data directory
  2: optional i64 offset;
  3: optional string reason;
  4: optional binary leastKey;       // of what may be lost, both ends included, cut at 64 bytes;
  5: optional binary greatestKey;    // absent: any key of the node
  6: optional i64 recordsMax;        // at most so many; absent: not known
}
struct LogRequest {}
struct LogAnswer {
  1: optional i32 node;
  2: optional list<LogSegment> segments;  // ascending by id; the first 1,000
  3: optional i64 segmentCount;
  4: optional i64 spares;
  5: optional types.LogPosition applied;  // of the store, persisted
  6: optional types.LogPosition synced;
  7: optional types.LogPosition endPosition;
  8: optional string logSync;
  9: optional i64 bytes;             // of files that hold something
  10: optional i64 bytesMax;
  11: optional i64 bytesSinceCheckpoint;
  12: optional i64 syncs;            // this and the following since the start
  13: optional i64 records;
  14: optional i64 syncHalfMicros;   // half of the syncs took no longer, with their write
  15: optional i64 sync99Micros;
  16: optional i64 syncMaxMicros;
  17: optional i64 replayedSegments;
  18: optional i64 replayedRecords;
  19: optional i64 replayMicros;
  20: optional i64 tornBytes;
  21: optional types.LogPosition cutAt;
  22: optional list<LogDamage> damage;    // not accepted yet
}

// The hints this very node keeps for others (docs/mechanisms/hinted_handoff.md).
struct HintTarget {
  1: optional i32 node;
  2: optional i64 count;
  3: optional i64 bytes;
  4: optional i64 oldest;            // microseconds since 1970; absent: none is kept
  5: optional string state;          // empty, waiting, sending, resting
  6: optional string reason;         // why nothing is sent
  7: optional i64 window;            // so many may be on their way
  8: optional i64 kept;              // this and the following since the start
  9: optional i64 delivered;
  10: optional i64 cancelled;        // the target answered after all
  11: optional i64 expired;
  12: optional i64 refused;          // the target will never take it
  13: optional i64 dropped;          // for want of room
  14: optional i64 rangesToRepair;
}
// A range of the ring of which a node may lack writes that no hint will bring.
struct RepairMark {
  1: optional i32 node;
  2: optional binary firstPosition;
  3: optional binary endPosition;
  4: optional i64 since;             // microseconds since 1970
}
struct HintsRequest {}
struct HintsAnswer {
  1: optional i32 node;              // who keeps them
  2: optional i64 bytesMax;          // of the hints for one node
  3: optional i64 bytesAllMax;
  4: optional i64 ageMaxMs;
  5: optional list<HintTarget> targets;
  6: optional list<RepairMark> marks;  // the first 1,000
  7: optional i64 markCount;
  8: optional string notCounted;     // why those of earlier starts are missing yet; absent: none is
}

// Answered once every hint that was kept when it was asked has ended, or at the deadline, or when the
// node is to stop. Overloaded: as many wait as may, or the hints of earlier starts are not counted.
struct SyncHintsRequest {
  1: optional i64 deadlineMs;        // default 2,000, at most 600,000
}
struct SyncHintsAnswer {
  1: optional i64 asked;             // so many were kept
  2: optional i64 delivered;         // of them; the ones cancelled too
  3: optional i64 lost;              // expired, or refused for good
  4: optional i64 left;              // still kept: the deadline has passed, or the node stops
  5: optional i32 node;
}

// One page of what this very node holds, tombstones too, in ring order.
struct DumpRequest {
  1: optional binary afterPosition;  // resume: the last answer's resumeKey; absent: from the start
  2: optional i32 rowsMax;           // at most 1,000; the default
  3: optional binary fromKey;
  4: optional binary toKey;
}
struct DumpAnswer {
  1: optional list<types.Row> rows;
  2: optional bool more;
  3: optional binary resumeKey;
  4: optional i32 node;
}

// An operator takes a node's data directory as it is, with whatever it has lost.
struct AcceptRequest {
  1: optional i32 node;
  2: optional i64 directory;         // must be the one the node has now; guards against a mix-up
}
struct AcceptAnswer {
  1: optional string message;
}

service Admin {
  RingAnswer ring(1: RingRequest request) throws (1: types.InvalidRequest invalid);
  StatusAnswer status(1: StatusRequest request) throws (1: types.InvalidRequest invalid);
  LogAnswer log(1: LogRequest request) throws (1: types.InvalidRequest invalid);
  DumpAnswer dump(1: DumpRequest request) throws (
    1: types.InvalidRequest invalid, 2: types.Overloaded overloaded, 3: types.Rebuilding rebuilding,
    4: types.Timeout timeout);
  HintsAnswer hints(1: HintsRequest request) throws (1: types.InvalidRequest invalid);
  SyncHintsAnswer syncHints(1: SyncHintsRequest request) throws (
    1: types.InvalidRequest invalid, 2: types.Overloaded overloaded);
  AcceptAnswer accept(1: AcceptRequest request) throws (1: types.InvalidRequest invalid);
}
