// Which hints are kept, and what an answer to a delivery means. Pure.
#pragma once

#include <cstdint>

#include "core/hint.h"
#include "core/replica_message.h"
#include "core/time.h"

namespace henge {

struct HintLimits {
  std::uint64_t bytesMax = 256ULL << 20;  // of the hints for one target; 0: none are kept
  std::uint64_t bytesAllMax = 1ULL << 30;
  // Longer than a restart or a repair of a machine takes; who is away for longer is brought up to
  // date by a repair of its ranges, which costs less than as many single writes.
  Duration ageMax = Duration{3LL * 3600 * 1'000'000};

  friend bool operator==(const HintLimits&, const HintLimits&) = default;
};

enum class HintRoom { kept, targetFull, allFull };

// Whether a hint of so many bytes may be kept beside what is.
HintRoom roomFor(const HintLimits& limits, std::uint64_t bytes, std::uint64_t bytesOfTarget,
                 std::uint64_t bytesOfAll);

// By this machine's clock. One that was set back makes hints live longer, never again.
bool hasExpired(const Hint& hint, WallTime now);

// What an answer says of a delivery.
enum class Delivery {
  done,    // the record, or a newer one, is there
  silent,  // nothing was heard, or nothing certain: the same again
  slower,  // it is there but has too much to do
  later,   // it cannot take it now: its disk, its standing, another ring of its or ours
  never,   // and never will take this record
};
Delivery deliveryOf(const ApplyReply& reply);

}  // namespace henge
