// What starting and stopping a shard's storage tells.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/ids.h"
#include "core/log_view.h"
#include "core/result.h"
#include "core/version.h"

namespace henge::storage {

struct OpenReport {
  std::uint64_t segments = 0;  // read
  std::uint64_t records = 0;   // replayed
  std::uint64_t tornBytes = 0;
  LogPosition cutAt;              // where the torn tail began; {0,0}: nothing was torn
  std::vector<LogDamage> damage;  // found by this start
  // Not accepted by an operator yet, of this start and earlier ones. Not empty: acknowledged writes
  // may be lost here, do not vote.
  std::vector<LogDamage> unaccepted;
  std::vector<std::string> quarantined;  // files that earlier starts set aside
  bool ofStore = false;                  // the status is about the store, not about the log
  std::int64_t micros = 0;
  Version highest;          // of everything that is held: the clock must stamp above it
  LogPosition recoveredTo;  // everything before it is in the store, persisted
};

// Answers open(): the storage may be used if `status` is ok. mismatch: another's segment, or a
// newer format; unsupported: a record kind this version does not know; io; corrupt, with damage in
// the report: the log is damaged and OnLogDamage is stop.
class OpenSink {
 public:
  virtual void onOpened(Status status, OpenReport report) = 0;

 protected:
  ~OpenSink() = default;
};

class DrainSink {
 public:
  virtual void onDrained(Status status) = 0;

 protected:
  ~DrainSink() = default;
};

}  // namespace henge::storage
