// What starting and stopping a shard's storage tells.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/ids.h"
#include "core/result.h"
#include "core/version.h"

namespace henge::storage {

// A place where what was surely on disk cannot be read any more.
struct Damage {
  std::string file;          // relative to the data directory
  std::uint64_t offset = 0;  // of the first byte that cannot be trusted
  std::string reason;        // one sentence for people: file, offset, what is wrong
};

struct OpenReport {
  std::uint64_t segments = 0;  // read
  std::uint64_t records = 0;   // replayed
  std::uint64_t tornBytes = 0;
  LogPosition cutAt;           // where the torn tail began; {0,0}: nothing was torn
  std::vector<Damage> damage;  // not empty: acknowledged writes may be lost here, do not vote
  std::vector<std::string> quarantined;  // files that earlier starts found damaged
  bool ofStore = false;                  // the status is about the store, not about the log
  std::int64_t micros = 0;
  Version highest;          // of everything that is held: the clock must stamp above it
  LogPosition recoveredTo;  // everything before it is in the store, persisted
};

// Answers open(): the storage may be used if `status` is ok. mismatch: another's segment, or a
// newer format; unsupported: a record kind this version does not know; io.
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
