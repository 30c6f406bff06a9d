// What clients ask and are answered, free of any wire format (idl/store.thrift mirrors it).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/bytes.h"
#include "core/consistency.h"
#include "core/ids.h"
#include "core/outcome.h"
#include "core/record.h"
#include "core/time.h"
#include "core/version.h"

namespace henge {

// Names one request of one client however often it is resent. Carried today, used by exactly-once.
struct RequestId {
  std::uint64_t client = 0;
  std::uint64_t sequence = 0;
  std::uint64_t firstIncomplete = 0;
  std::int64_t firstSentMicros = 0;
};

// What every request carries beside its own fields.
struct RequestContext {
  Consistency level = Consistency::quorum;
  MonoTime deadline;  // on the receiving node's clock
  std::optional<RequestId> requestId;
  Bytes session;
  bool trace = false;         // the answer is to tell its way (core/request_trace.h)
  std::uint64_t traceId = 0;  // the client's name for that; 0: the coordinator gives one
  MonoTime receivedAt;        // by the receiving node: when the request's first byte was read
};

struct PutRequest {
  RequestContext context;
  Bytes key;
  RecordKind kind = RecordKind::value;  // a remove is a put of a tombstone
  Bytes value;
  std::optional<Version> version;  // the client's own stamp; else the coordinator stamps
};

struct GetRequest {
  RequestContext context;
  Bytes key;
};

enum class RequestErrorKind : std::uint8_t {
  unavailable,     // fewer live replicas than the level needs; nothing was sent
  timeout,         // too few answers by the deadline
  overloaded,      // a limit was reached
  invalidRequest,  // a rule is broken; `message` names it
  rebuilding,      // this node may have lost data and serves no requests of this kind
  unsupported,     // known, but not in this version ("not yet supported")
};

// Why a request was not answered at its level.
struct RequestError {
  RequestErrorKind kind = RequestErrorKind::invalidRequest;
  std::string message;
  int needed = 0;
  int alive = 0;                  // unavailable: live replicas
  int acknowledged = 0;           // timeout: those that did answer
  std::vector<NodeId> missing;    // unavailable, timeout: which replicas did not take part
  std::int64_t limit = 0;         // invalidRequest: the limit that was broken; 0 = none
  std::int64_t retryAfterMs = 0;  // overloaded
};

struct PutAnswer {
  Outcome outcome = Outcome::unknown;
  Version version;          // what the write was stamped with; none if it never was
  bool superseded = false;  // applied, but fewer than the level took it as the newest
  int acknowledged = 0;
  int needed = 0;
  int replicas = 0;  // N
  std::vector<NodeId> acknowledgedBy;
  std::vector<NodeId> missed;         // replicas it was not sent to: they will lack it
  std::optional<RequestError> error;  // set unless outcome is applied
  std::string trace;                  // if it was asked for; lines, each ended by a newline
};

struct GetAnswer {
  std::optional<Record> record;  // the newest; nullopt: no replica asked has ever held the key
  int acknowledged = 0;
  int needed = 0;
  int replicas = 0;
  std::vector<NodeId> answeredBy;
  std::vector<NodeId> repaired;       // brought up to `record` before this answer
  std::optional<RequestError> error;  // then `record` is nullopt
  std::string trace;                  // as of a put

  bool found() const { return record && !record->isTombstone(); }
};

}  // namespace henge
