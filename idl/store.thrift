// For clients: any stock Thrift client, framed or buffered, binary or compact, on the client port.
include "types.thrift"

namespace cpp henge.thrift
namespace py henge.store
namespace js henge

struct HelloRequest {
  1: optional i32 protocolMin;
  2: optional i32 protocolMax;
  3: optional list<string> features;
  4: optional string client;         // name and version, for the log
  5: optional bool matchesSeqids;    // answers may overtake each other on this connection
}

struct HelloAnswer {
  1: optional i32 protocol;
  2: optional list<string> features;
  3: optional i64 cluster;
  4: optional string clusterName;
  5: optional i32 node;
  6: optional i64 epoch;
  7: optional i64 ringHash;
  8: optional i32 replication;
  9: optional i32 keyBytesMax;
  10: optional i32 valueBytesMax;
  11: optional i32 frameBytesMax;
  12: optional i64 hybridTime;
  13: optional string version;       // of the software
  14: optional i64 writer;           // in the versions this node stamps
}

struct PutRequest {
  1: optional binary key;
  2: optional binary value;
  3: optional types.Consistency consistency;   // default QUORUM
  4: optional i64 deadlineMs;                  // milliseconds left; default 2,000, at most 60,000
  5: optional types.Version version;           // the client's own stamp; resends carry it unchanged
  6: optional types.RequestId requestId;
  7: optional binary session;
  8: optional bool trace;                      // the answer tells its way
  9: optional i64 traceId;                     // stands in that; absent or 0: the node makes one
  10: optional bool resend;
  11: optional i64 expiry;                     // refused today
  12: optional list<string> features;
}

struct RemoveRequest {
  1: optional binary key;
  3: optional types.Consistency consistency;
  4: optional i64 deadlineMs;
  5: optional types.Version version;
  6: optional types.RequestId requestId;
  7: optional binary session;
  8: optional bool trace;
  9: optional i64 traceId;
  10: optional bool resend;
  12: optional list<string> features;
}

struct PutAnswer {
  1: optional types.Outcome outcome;
  2: optional types.Version version;
  3: optional bool superseded;       // applied, but something newer is held
  4: optional i32 acknowledged;
  5: optional i32 needed;
  6: optional i32 replicas;
  7: optional list<i32> acknowledgedBy;
  8: optional list<i32> missed;      // replicas it was not sent to
  9: optional binary session;
  10: optional i64 epoch;
  11: optional i64 hybridTime;
  12: optional string trace;         // its way, in lines (docs/mechanisms/tracing.md)
  13: optional i32 node;             // who coordinated
}

struct GetRequest {
  1: optional binary key;
  3: optional types.Consistency consistency;
  4: optional i64 deadlineMs;
  6: optional types.RequestId requestId;
  7: optional binary session;
  8: optional bool trace;
  9: optional i64 traceId;
  11: optional i64 asOf;             // refused today: "not yet supported"
  12: optional list<string> features;
}

struct GetAnswer {
  1: optional bool found;
  2: optional binary value;
  3: optional types.Version version; // also of a removed key
  4: optional bool removed;          // not found because it was removed
  5: optional i64 expiry;
  6: optional i32 acknowledged;
  7: optional i32 needed;
  8: optional i32 replicas;
  9: optional list<i32> answeredBy;
  10: optional list<i32> repaired;   // brought up to this version before the answer
  11: optional binary session;
  12: optional i64 epoch;
  13: optional i64 hybridTime;
  14: optional string trace;
  15: optional i64 absentAsOf;
  16: optional i32 node;
}

service Store {
  HelloAnswer hello(1: HelloRequest request) throws (1: types.InvalidRequest invalid);

  PutAnswer put(1: PutRequest request) throws (
    1: types.Unavailable unavailable, 2: types.Timeout timeout, 3: types.Overloaded overloaded,
    4: types.InvalidRequest invalid, 5: types.Rebuilding rebuilding, 6: types.NotYet notYet,
    7: types.TooOld tooOld, 8: types.StaleEpoch staleEpoch, 9: types.SessionClosed sessionClosed,
    10: types.Suspect suspect);

  PutAnswer remove(1: RemoveRequest request) throws (
    1: types.Unavailable unavailable, 2: types.Timeout timeout, 3: types.Overloaded overloaded,
    4: types.InvalidRequest invalid, 5: types.Rebuilding rebuilding, 6: types.NotYet notYet,
    7: types.TooOld tooOld, 8: types.StaleEpoch staleEpoch, 9: types.SessionClosed sessionClosed,
    10: types.Suspect suspect);

  GetAnswer get(1: GetRequest request) throws (
    1: types.Unavailable unavailable, 2: types.Timeout timeout, 3: types.Overloaded overloaded,
    4: types.InvalidRequest invalid, 5: types.Rebuilding rebuilding, 6: types.NotYet notYet,
    7: types.TooOld tooOld, 8: types.StaleEpoch staleEpoch, 9: types.SessionClosed sessionClosed,
    10: types.Suspect suspect);
}
