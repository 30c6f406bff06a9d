// What coordinators ask replicas and are answered (idl/replica.thrift mirrors it).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/ids.h"
#include "core/record.h"
#include "core/time.h"

namespace henge {

// Where a record comes from: only what enters the cluster is checked against the clock.
enum class Source : std::uint8_t {
  client = 1,
  hint = 2,
  readRepair = 3,
  exchange = 4,
  stream = 5,
  restore = 6
};

struct ApplyRequest {
  Record record;
  Source source = Source::client;
  MonoTime deadline;  // on the receiving node's clock
  std::uint64_t epoch = 0;
  std::int64_t dispatchedAtMicros = 0;  // ≥ the version's timestamp; kept by resends and hints
  std::uint64_t traceId = 0;            // of the client's request; 0: nobody traces it
};

enum class ApplyOutcome : std::uint8_t {
  applied = 1,      // synced here (or held before: an equal version)
  superseded = 2,   // something newer is held, synced: see `held`
  refused = 3,      // before the append: surely not applied here, see `refusal`
  rebuilding = 4,   // this replica may have lost data: its word does not count
  failed = 5,       // after the append: unknown
  unreachable = 6,  // no answer: the link is down or went down; see `sent`
};

enum class Refusal : std::uint8_t {
  none = 0,
  overloaded = 1,
  staleEpoch = 2,
  diskFull = 3,
  stamp = 4,
  expired = 5,
  notOwner = 6,
  invalid = 7
};

// Where the time went, by the answering node's own clock. nullopt: not measured.
struct ReplicaTimes {
  std::optional<Duration> had;      // from the request's first byte read until it was answered
  std::optional<Duration> storage;  // of that, in log, tables and store; only if it is traced
};

struct ApplyReply {
  ApplyOutcome outcome = ApplyOutcome::failed;
  Refusal refusal = Refusal::none;
  Version held;              // superseded: what is held instead
  bool alreadyHeld = false;  // applied: by an earlier request, this one changed nothing
  bool sent = true;  // unreachable: whether a byte may have left; false = surely not applied there
  std::string message;
  ReplicaTimes times;
};

struct FetchRequest {
  Bytes key;
  bool withValue = true;  // false: version and digest are enough, but a small value comes along
  MonoTime deadline;
  std::uint64_t epoch = 0;
  std::uint64_t traceId = 0;
};

enum class FetchOutcome : std::uint8_t {
  held = 1,    // `record` is what this replica holds (a tombstone too)
  absent = 2,  // never held
  refused = 3,
  rebuilding = 4,
  unreachable = 5,
};

struct FetchReply {
  FetchOutcome outcome = FetchOutcome::unreachable;
  Refusal refusal = Refusal::none;
  Record record;
  bool hasValue = true;      // held: false if the request did not want the value and it is large
  std::uint64_t digest = 0;  // digestOf(record), value included
  std::string message;
  ReplicaTimes times;
};

std::string_view nameOf(Refusal refusal);

}  // namespace henge
