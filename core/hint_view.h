// What a node tells operators of its hints (idl/admin.thrift mirrors it).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/hint_policy.h"
#include "core/ids.h"
#include "core/time.h"

namespace henge {

// What is kept for one node, and what became of what was; counts since the start.
struct HintTargetView {
  NodeId target;
  std::uint64_t count = 0;
  std::uint64_t bytes = 0;
  WallTime oldest;           // nothing that is kept is older; 0: none is kept
  std::string state;         // "empty" "waiting" "sending" "resting"
  std::string reason;        // why nothing is sent: "n2 is not up"
  std::uint64_t window = 0;  // so many may be on their way
  std::uint64_t kept = 0;
  std::uint64_t delivered = 0;
  std::uint64_t cancelled = 0;
  std::uint64_t expired = 0;
  std::uint64_t refused = 0;
  std::uint64_t dropped = 0;  // for want of room: never kept
  std::uint64_t rangesToRepair = 0;

  friend bool operator==(const HintTargetView&, const HintTargetView&) = default;
};

struct HintsView {
  NodeId node;
  HintLimits limits;
  std::string notCounted;  // why those of earlier starts are not among them yet; empty: they are
  std::vector<HintTargetView> targets;  // ascending; those of which there is something to tell
  std::uint64_t markCount = 0;          // of them, though not all may be in the list
  std::vector<RepairMark> marks;        // ascending by target and range

  friend bool operator==(const HintsView&, const HintsView&) = default;
};

// What became of the hints that were there when a sync point was asked for.
struct HintSync {
  std::uint64_t asked = 0;      // so many there were
  std::uint64_t delivered = 0;  // of them; cancelled ones too: their targets have the writes
  std::uint64_t lost = 0;       // expired or refused
  std::uint64_t left = 0;       // still there: the deadline has passed, or the node stops
  friend bool operator==(const HintSync&, const HintSync&) = default;
};

}  // namespace henge
