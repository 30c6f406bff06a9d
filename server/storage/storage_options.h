// What one shard's storage is told at start: whose it is, and its limits.
#pragma once

#include <cstdint>
#include <string_view>

#include "core/cluster.h"
#include "core/ids.h"
#include "core/time.h"

namespace henge::storage {

// When a write counts as kept (docs/mechanisms/recovery_log.md).
// always    answered after its bytes were synced
// periodic  answered after the write call; synced every syncPeriod: a power cut loses that much
// off       answered after the write call; synced only when a segment ends
enum class LogSync : std::uint8_t { always = 1, periodic = 2, off = 3 };

std::string_view nameOf(LogSync sync);  // "always" "periodic" "off"

// How the entries of a batch stand in the log (docs/format/log.md). The numbers are the format's.
enum class LogCompression : std::uint8_t { none = 0, zstd = 1 };
// What a start does about damage in what was synced.
// quarantine  goes on without: the segment is set aside, the node does not vote until accepted
// stop        names everything that is damaged and does not start
enum class OnLogDamage : std::uint8_t { quarantine = 1, stop = 2 };

// Whose log it is. Stands in every segment; another's is refused.
struct SegmentOwner {
  ClusterId cluster;
  DirectoryId directory;
  std::uint32_t shard = 0;
  friend bool operator==(const SegmentOwner&, const SegmentOwner&) = default;
};

struct StorageOptions {
  SegmentOwner owner;
  Partitioner partitioner = Partitioner::bytes;
  LogSync logSync = LogSync::always;
  OnLogDamage onLogDamage = OnLogDamage::quarantine;
  Duration syncPeriod = 1_s;  // periodic only
  LogCompression logCompression = LogCompression::none;
  Duration markDelay = 100_ms;                   // after the last write of a burst
  std::uint64_t segmentBytes = 64ULL << 20;      // a segment rolls at this size …
  Duration segmentAgeMax = 10_s;                 // … or this long after its first record
  std::uint64_t sparesMax = 2;                   // segments kept for use again
  std::uint64_t frozenTablesMax = 3;             // more wait: writes are overloaded
  std::uint64_t logBytesMax = 1ULL << 30;        // reached: the store is flushed
  std::uint64_t pendingBytesMax = 64ULL << 20;   // admitted and not yet ended
  std::uint64_t feedBatchBytesMax = 1ULL << 20;  // one write into the store
  Duration diskFullRetry = 1_s;                  // between attempts to make a segment
  std::uint64_t ballastBytes = 64ULL << 20;      // left free for removes and the engine's own needs
  Duration spaceSeenEvery = 1_s;                 // while writes come or space is short

  // Above this much log, flushed or not, writes are overloaded.
  std::uint64_t logBytesHard() const { return logBytesMax + segmentBytes * (frozenTablesMax + 1); }
  // Hints are refused at these, long before writes are.
  std::uint64_t pendingBytesMaxOfHints() const { return pendingBytesMax / 2; }
  std::uint64_t frozenTablesMaxOfHints() const {
    return frozenTablesMax > 1 ? frozenTablesMax - 1 : 1;
  }
  std::uint64_t logBytesMaxOfHints() const { return (logBytesMax + logBytesHard()) / 2; }
};

}  // namespace henge::storage
