// Everything about a run that is not a fault: shape, load, limits, speeds. Numbers with names, so
// that a case can be printed, read back and made smaller.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/time.h"
#include "tests/sim/chance.h"

namespace henge::sim {

struct Settings {
  std::int64_t seed = 1;
  std::int64_t faultsMs = 300'000;  // clients ask and faults happen for so long; then all is healed
  std::int64_t upFirst = 0;         // 1: they begin when all nodes are up, not when all serve

  std::int64_t nodes = 3;
  std::int64_t replication = 3;
  std::int64_t tokens = 1;  // each node's
  std::int64_t hashed = 0;  // 1: the hashing partitioner

  std::int64_t clients = 4;
  std::int64_t keys = 12;
  std::int64_t opEveryMs = 140;       // over all clients, in the mean
  std::int64_t deadlineMs = 1000;     // of a request
  std::int64_t putPercent = 45;       // the rest are gets
  std::int64_t removePercent = 10;    // of the puts
  std::int64_t quorumPercent = 80;    // the rest is split between ONE and ALL
  std::int64_t ownStampPercent = 30;  // clients that stamp by themselves, and resend
  std::int64_t hopPercent = 30;       // asks another node than the last time
  std::int64_t burstPercent = 10;     // asks on without waiting for the answer
  std::int64_t valueBytesMax = 200;   // sizes are drawn by magnitude up to it
  std::int64_t longKeyPercent = 5;    // of the keys: long, with zero and 0xff bytes

  std::int64_t logSync = 1;         // storage::LogSync
  std::int64_t logCompression = 0;  // storage::LogCompression
  std::int64_t segmentBytes = 64 << 10;
  std::int64_t segmentAgeMs = 10'000;
  std::int64_t frozenTablesMax = 3;
  std::int64_t logBytesMax = 1 << 20;
  std::int64_t pendingBytesMax = 1 << 20;
  std::int64_t feedBatchBytesMax = 16 << 10;
  std::int64_t operationsMax = 1000;  // of a node
  std::int64_t inFlightMax = 1000;    // of a link, of a client's connection
  std::int64_t peersSavedMs = 5000;
  std::int64_t hintBytes = 1 << 20;  // for one target, twice that for all; 0: no hints
  std::int64_t hintAgeMs = 3 * 3'600'000;
  std::int64_t suspicionMs = 800;  // a suspect of a small cluster has so long to refute

  std::int64_t storeCached = 1;       // 0: every look into the store waits
  std::int64_t storeMicros = 50;      // latency of the store
  std::int64_t storeBatchesMax = 64;  // that a crash may lose
  std::int64_t storeKept = -1;        // of those, by a crash; -1: any number of the first ones
  std::int64_t diskMicros = 100;      // mean latency of a disk operation
  std::int64_t diskBytes = 0;         // capacity; 0: no end

  std::int64_t delayMicros = 100;   // least delay of a link
  std::int64_t jitterMicros = 300;  // mean of what comes on top
  std::int64_t bytesPerSecond = 0;  // of a link; 0: no limit
  std::int64_t chunkPercent = 20;   // of deliveries that come in pieces
  std::int64_t windowBytes = 256 << 10;

  std::int64_t skewMs = 20;       // clocks differ by up to this
  std::int64_t driftPpm = 100;    // and run wrong by up to this
  std::int64_t maybePercent = 0;  // of the sites of maybe() that are on in this run

  friend bool operator==(const Settings&, const Settings&) = default;
};

// "name value", a line each, in the order above; all: defaults too.
std::string print(const Settings& settings, bool all);
// One such line. invalidRequest: no such name, or not a number.
Status setByName(Settings& settings, std::string_view name, std::string_view value);

struct SettingName {
  const char* name;
  std::int64_t Settings::*field;
};
const std::vector<SettingName>& settingNames();

// Swarm testing (Groce and others, ISSTA 2012): each run leaves most things out, so that what it
// has, it has much of. Small limits make rare ways common.
Settings drawSettings(std::uint64_t seed);

}  // namespace henge::sim
