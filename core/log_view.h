// What a node tells of its recovery log (idl/admin.thrift mirrors it).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/bytes.h"
#include "core/ids.h"
#include "core/time.h"

namespace henge {

// All keys from `least` to `greatest`, both included. Longer keys were cut to `cutAt` bytes: a
// greatest one of that length stands for every key that begins with it.
struct KeyBounds {
  static constexpr std::size_t cutAt = 64;
  Bytes least;
  Bytes greatest;
  bool hold(BytesView key) const;
  friend bool operator==(const KeyBounds&, const KeyBounds&) = default;
};

// "keys k10 to k19"; nullopt, not known: "any key of this node".
std::string keysText(const std::optional<KeyBounds>& keys);

// A place where what was surely on disk cannot be read any more, and what that may have taken.
struct LogDamage {
  std::string file;                         // relative to the data directory
  std::uint64_t offset = 0;                 // of the first byte that cannot be trusted
  std::string reason;                       // what is wrong there, in words
  std::optional<KeyBounds> keys;            // of what may be lost; nullopt: any key of the node
  std::optional<std::uint64_t> recordsMax;  // of them; nullopt: not known
  friend bool operator==(const LogDamage&, const LogDamage&) = default;
};

// "log/0/segment-….log is damaged at 512: what stood here was synced; may be lost: up to 3 records,
// keys a to c"
std::string toString(const LogDamage& damage);

struct LogSegment {
  enum class State { closed, active, ready };  // ready: made ahead of need, holds nothing
  std::uint64_t id = 0;
  std::uint64_t fileBytes = 0;  // on the disk, full or not
  std::uint64_t end = 0;        // offset behind its last byte
  State state = State::closed;
  friend bool operator==(const LogSegment&, const LogSegment&) = default;
};

std::string_view nameOf(LogSegment::State state);  // "closed" "active" "ready"

struct LogView {
  NodeId node;
  std::uint64_t segmentCount = 0;    // of them, though not all may be in the list
  std::vector<LogSegment> segments;  // ascending by id
  std::uint64_t spares = 0;          // files kept to be used again
  LogPosition applied;               // of the store, persisted: before it the log is not needed
  LogPosition synced;                // everything before it is on disk
  LogPosition end;
  std::string logSync;                     // "always" "periodic" "off"
  std::uint64_t bytes = 0;                 // of files that hold something, full or not
  std::uint64_t bytesMax = 0;              // reached: the store is flushed
  std::uint64_t bytesSinceCheckpoint = 0;  // written behind `applied`

  // Since the start.
  std::uint64_t syncs = 0;
  std::uint64_t records = 0;  // committed
  // Of a write and its sync together, until the loop hears of it; a sixteenth too high at most.
  Duration syncHalf;  // half of them took no longer
  Duration sync99;    // 99 of 100
  Duration syncMax;   // exact

  // What the start found.
  std::uint64_t replayedSegments = 0;
  std::uint64_t replayedRecords = 0;
  Duration replayTook;
  std::uint64_t tornBytes = 0;
  LogPosition cutAt;              // {0,0}: nothing was torn
  std::vector<LogDamage> damage;  // not accepted yet: the node is in no quorum

  friend bool operator==(const LogView&, const LogView&) = default;
};

}  // namespace henge
