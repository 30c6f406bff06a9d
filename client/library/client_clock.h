// A client's own stamps.
#pragma once

#include <cstdint>

#include "core/hybrid_clock.h"
#include "core/limits.h"
#include "core/time.h"
#include "core/version.h"

namespace henge::library {

// Near the wall clock, above everything that was seen, so that a client that overwrites what it has
// read is newer, whatever its wall clock says. Lives as long as the Client, with a writer of its
// own drawn at random: nothing needs to be remembered on disk.
class ClientClock {
 public:
  explicit ClientClock(std::uint64_t writer) : clock_(writer, 0, {}) {}

  Version stamp(WallTime wall);
  // The hybrid time of a node: followed as it is, since nodes judge stamps by it.
  void observeTime(std::int64_t hybridTime);
  // A version in an answer: followed up to as far ahead as a node would take a stamp, so that one
  // write of the far future does not make every later one refused.
  void observe(Version version, WallTime wall);

 private:
  HybridClock clock_;
};

}  // namespace henge::library
