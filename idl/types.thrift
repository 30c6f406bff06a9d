// Shared by all services. Rules: every field is optional and numbered; a number once given is never
// used for anything else; an absent field means "unknown", never zero. Keys and values are binary.
namespace cpp henge.thrift
namespace py henge.types
namespace js henge

enum Consistency { ONE = 1, QUORUM = 2, ALL = 3 }

// What became of a write: the level has it; surely nobody took it; or unknown – it may surface.
enum Outcome { APPLIED = 1, SURELY_NOT_APPLIED = 2, UNKNOWN = 3 }

enum RecordKind { VALUE = 1, TOMBSTONE = 2 }

// Ordered by timestamp (microseconds since 1970, hybrid), then writer (unsigned 64 bit).
struct Version {
  1: optional i64 timestamp;
  2: optional i64 writer;
}

// Names one request however often it is sent again.
struct RequestId {
  1: optional i64 client;
  2: optional i64 sequence;
  3: optional i64 firstIncomplete;
  4: optional i64 firstSent;  // microseconds since 1970
}

// One version of one key.
struct Row {
  1: optional binary key;
  2: optional Version version;
  3: optional RecordKind kind;
  4: optional i64 expiry;  // microseconds since 1970; 0 = never
  5: optional binary value;
  6: optional map<i32, binary> extensions;
}

struct LogPosition {
  1: optional i64 segment;
  2: optional i64 offset;
}

struct Address {
  1: optional string host;
  2: optional i32 port;
}

// Fewer live replicas than the level needs. Nothing was sent; nothing of it will ever appear.
exception Unavailable {
  1: optional string message;
  2: optional i32 needed;
  3: optional i32 alive;
  4: optional list<i32> missing;
  5: optional Outcome outcome;
  6: optional i64 epoch;
  7: optional binary session;
  8: optional string trace;  // here and below: as in the answers of store.thrift
}

// Too few answers by the deadline. A write's outcome is unknown: it may still surface.
exception Timeout {
  1: optional string message;
  2: optional i32 needed;
  3: optional i32 acknowledged;
  4: optional list<i32> missing;
  5: optional Outcome outcome;
  6: optional Version version;  // what the write bears: sent again with it, it is the same write
  7: optional i64 epoch;
  8: optional binary session;
  9: optional string trace;
}

// A limit was reached. `outcome` says whether anything may have happened.
exception Overloaded {
  1: optional string message;
  2: optional i64 retryAfterMs;
  3: optional Outcome outcome;
  4: optional Version version;
  5: optional i64 epoch;
  6: optional binary session;
  7: optional string trace;
}

// The request breaks a rule. Nothing was done.
exception InvalidRequest {
  1: optional string message;
  2: optional string field;           // which; not named what: C++ exceptions have that
  3: optional i64 limit;
}

// This node may have lost what it acknowledged and serves nothing until that is settled.
exception Rebuilding {
  1: optional string message;
  2: optional list<i32> nodes;
  3: optional Outcome outcome;
}

// Reserved for later mechanisms; clients should treat them as errors.
exception NotYet { 1: optional string message; 2: optional i64 retryAfterMs; }
exception TooOld { 1: optional string message; }
exception StaleEpoch { 1: optional string message; 2: optional i64 epoch; }
exception SessionClosed { 1: optional string message; }
exception Suspect { 1: optional string message; }
