// After how long a read has become one of the slow ones.
#pragma once

#include <cstdint>
#include <optional>

#include "core/histogram.h"
#include "core/time.h"

namespace henge::library {

// What 99 of 100 of the last reads took, of some thousand of them: nothing before the first hundred
// have been seen. Pure. Thread: one at a time.
class ReadPatience {
 public:
  static constexpr std::uint64_t seenMin = 100;
  static constexpr std::uint64_t window = 5'000;  // then the older half is forgotten
  static constexpr Duration least = 2_ms;         // below that a second request is no gain

  void onAnswered(Duration took);
  std::optional<Duration> p99() const;  // at least `least`

 private:
  Histogram young_;
  Histogram old_;
};

}  // namespace henge::library
