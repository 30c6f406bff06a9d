// Node to node, on the peer port. A link begins with hello; nothing else is answered before it.
include "types.thrift"

namespace cpp henge.thrift

struct PeerHelloRequest {
  1: optional i32 protocolMin;
  2: optional i32 protocolMax;
  3: optional list<string> features;
  4: optional i64 cluster;
  5: optional string clusterName;
  6: optional i32 node;
  7: optional i64 directory;
  8: optional i64 boot;
  9: optional i64 nonce;
  10: optional i32 shards;
  11: optional i64 epoch;
  12: optional i64 ringHash;
  13: optional i32 replication;
  14: optional i32 valueBytesMax;
  15: optional types.LogPosition syncedTo;
  16: optional bool rebuilding;
  17: optional i64 hybridTime;
  18: optional i64 wallTime;
}

struct PeerHelloAnswer {
  1: optional PeerHelloRequest me;   // the same of the answering side
  2: optional string refused;        // set: the link is refused, and why
  3: optional bool youRebuild;       // the asker's directory is not the one known here
  4: optional string reason;
}

enum Source { CLIENT = 1, HINT = 2, READ_REPAIR = 3, EXCHANGE = 4, STREAM = 5, RESTORE = 6 }

enum Refusal {
  NONE = 0, OVERLOADED = 1, STALE_EPOCH = 2, DISK_FULL = 3, STAMP = 4, EXPIRED = 5, NOT_OWNER = 6,
  INVALID = 7
}

// Fields 20 and up are the same in every request between nodes.
struct ApplyRequest {
  1: optional types.Row row;
  2: optional Source source;
  3: optional i64 dispatchedAt;      // microseconds; ≥ the version's timestamp, kept by resends
  20: optional i64 deadlineMs;
  21: optional i64 epoch;
  22: optional i64 cluster;
  23: optional i32 sender;
  24: optional i64 senderBoot;
  25: optional i64 ringGeneration;
  26: optional i64 rangeEpoch;
  27: optional i64 streamSession;
  28: optional i64 hybridTime;
  29: optional i64 traceId;          // 0 or absent: nobody traces it
  30: optional i64 parentSpan;
  31: optional map<i32, binary> extensions;
}

enum ApplyOutcome { APPLIED = 1, SUPERSEDED = 2, REFUSED = 3, REBUILDING = 4, FAILED = 5 }

// Fields 20 and up are the same in every answer between nodes.
struct ApplyAnswer {
  1: optional ApplyOutcome outcome;
  2: optional Refusal refusal;
  3: optional types.Version held;    // superseded: what is held instead
  4: optional string message;
  5: optional bool alreadyHeld;      // applied: by an earlier request, this one changed nothing
  20: optional i64 boot;
  21: optional i64 rangeEpoch;
  22: optional i64 floor;
  23: optional types.LogPosition synced;
  24: optional bool votes;
  25: optional i64 hybridTime;
  26: optional i64 receivedAt;       // monotonic microseconds of the answering node
  27: optional i64 sentAt;
  28: optional map<i32, binary> extensions;
  29: optional i64 wallTime;         // microseconds since 1970 by the answering machine's clock
  33: optional i64 storageMicros;    // so long in log, tables and store; if the request has a traceId
}

struct FetchRequest {
  1: optional binary key;
  2: optional bool withValue;        // false: a small value comes along all the same
  20: optional i64 deadlineMs;
  21: optional i64 epoch;
  22: optional i64 cluster;
  23: optional i32 sender;
  24: optional i64 senderBoot;
  25: optional i64 ringGeneration;
  26: optional i64 rangeEpoch;
  28: optional i64 hybridTime;
  29: optional i64 traceId;
  30: optional i64 parentSpan;
  31: optional map<i32, binary> extensions;
}

enum FetchOutcome { HELD = 1, ABSENT = 2, REFUSED = 3, REBUILDING = 4 }

struct FetchAnswer {
  1: optional FetchOutcome outcome;
  2: optional Refusal refusal;
  3: optional types.Row row;         // perhaps without its value, if none was wanted
  4: optional i64 digest;            // XXH3-64 over kind, expiry, value
  5: optional string message;
  20: optional i64 boot;
  21: optional i64 rangeEpoch;
  22: optional i64 floor;
  23: optional types.LogPosition synced;
  24: optional bool votes;
  25: optional i64 hybridTime;
  26: optional i64 receivedAt;
  27: optional i64 sentAt;
  28: optional map<i32, binary> extensions;
  29: optional i64 wallTime;
  33: optional i64 storageMicros;
}

// What a node believes of a member (docs/mechanisms/failure_detection.md). Only to nodes whose hello
// names the feature "swim".
enum Standing { ALIVE = 1, SUSPECT = 2, DEAD = 3 }
struct Claim {
  1: optional i32 about;
  2: optional Standing standing;
  3: optional i64 boot;              // of which start of that member
  4: optional i64 refuted;           // how many accusations of that start it had answered
  5: optional i32 by;                // suspect, dead: who found out
}

struct PingRequest {
  28: optional i64 hybridTime;
  32: optional list<Claim> claims;
}
struct PingAnswer {
  20: optional i64 boot;
  23: optional types.LogPosition synced;
  24: optional bool votes;
  25: optional i64 hybridTime;
  29: optional i64 wallTime;
  32: optional list<Claim> claims;
}

// Please ping that member in my place: it did not answer me.
struct PingReqRequest {
  1: optional i32 member;
  20: optional i64 deadlineMs;
  28: optional i64 hybridTime;
  32: optional list<Claim> claims;
}
struct PingReqAnswer {
  1: optional bool reached;          // false: not in time, or no link to it
  20: optional i64 boot;
  23: optional types.LogPosition synced;
  24: optional bool votes;
  25: optional i64 hybridTime;
  29: optional i64 wallTime;
  32: optional list<Claim> claims;   // the one about the member first
}

service Replica {
  PeerHelloAnswer hello(1: PeerHelloRequest request);
  ApplyAnswer apply(1: ApplyRequest request);
  FetchAnswer fetch(1: FetchRequest request);
  PingAnswer ping(1: PingRequest request);  // keeps an idle link honest; a probe
  PingReqAnswer pingReq(1: PingReqRequest request);
}
