// A quantile of what was measured lately, in constant room: how long a replica takes, mostly.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/time.h"

namespace henge {

// Counts in steps of a quarter of a power of two, from 16 µs to 35 minutes; all counts are halved
// when `remembered` have come, so that the past fades: after twice as many new ones it weighs a
// quarter. An answer is at most a step (19 %) above the true value. Thread: one at a time.
class RecentQuantile {
 public:
  static constexpr std::uint32_t remembered = 1024;

  void add(Duration time);

  std::uint32_t count() const { return total_; }  // what is remembered, at most `remembered`
  // The least step end that `perMille` thousandths do not exceed; 0 if nothing is remembered.
  Duration quantile(std::uint32_t perMille) const;

 private:
  static constexpr std::size_t steps = 108;

  static std::size_t stepOf(std::int64_t micros);
  static std::int64_t endOf(std::size_t step);

  std::array<std::uint32_t, steps> counts_{};
  std::uint32_t total_ = 0;
};

}  // namespace henge
