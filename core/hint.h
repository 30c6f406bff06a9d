// What one node keeps for another that missed a write, until it has been told.
#pragma once

#include <compare>
#include <cstdint>
#include <string_view>
#include <variant>

#include "core/ids.h"
#include "core/record.h"
#include "core/time.h"

namespace henge {

// Which hint of the node that keeps it. Numbers ascend in the order of keeping, over starts too,
// and none is given twice: the boot's count in the upper 24 bits, the hint's within that boot
// below.
struct HintId {
  NodeId target;
  std::uint64_t number = 0;
  friend auto operator<=>(const HintId&, const HintId&) = default;
};

// The number before the first of a boot.
constexpr std::uint64_t hintNumbersBefore(std::uint64_t boot) { return boot << 40; }

struct Hint {
  HintId id;
  WallTime keptAt;
  WallTime expiresAt;                   // from then on it is not delivered any more
  std::int64_t dispatchedAtMicros = 0;  // of the write (core/replica_message.h)
  Record record;

  // What it counts towards the limits: the same whenever it is counted.
  std::size_t bytes() const { return record.bytes(); }
  friend bool operator==(const Hint&, const Hint&) = default;
};

// Why a hint is kept no longer. The numbers are the log's.
enum class HintEnd : std::uint8_t {
  delivered = 1,  // the target holds the record, or a newer one
  cancelled = 2,  // it said so by itself, late
  expired = 3,
  refused = 4,  // the target will never take it
};

std::string_view nameOf(HintEnd end);  // "delivered"

struct HintDone {
  HintId id;
  HintEnd end = HintEnd::delivered;
  friend bool operator==(const HintDone&, const HintDone&) = default;
};

// `target` may lack writes of the keys from `first` up to `end` (a range of the ring, core/ring.h)
// that no hint will bring: only a repair of the range can tell.
struct RepairMark {
  NodeId target;
  Bytes first;
  Bytes end;
  WallTime since;
  bool needed = true;  // false: it has been repaired
  friend bool operator==(const RepairMark&, const RepairMark&) = default;
};

// What the log says of hints, beside the node's own records. Of one hint or range the last word
// counts, whatever the record's version.
using HintEntry = std::variant<Hint, HintDone, RepairMark>;

}  // namespace henge
