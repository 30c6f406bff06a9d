// How long a peer takes to answer: of late, and in nineteen of twenty cases.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/time.h"

namespace henge {

// In 112 bytes, since a large cluster has a million pairs. In the weighted mean each answer counts
// for a sixteenth, and for more the longer none came before it: for half after `halfLife`. The
// quantile is over the last hundred answers or two, and at most a quarter above the true one.
class LatencyEstimate {
 public:
  static constexpr Duration halfLife = 1_s;

  void add(Duration took, MonoTime now);  // a `now` before an earlier one counts as the same

  std::uint64_t answers() const { return answers_; }
  Duration weighted() const { return weighted_; }  // 0: nothing was added
  // The least time that `perMille` thousandths of the last answers did not exceed; 0: nothing was
  // added. Precondition: perMille ≤ 1000.
  Duration quantile(int perMille) const;
  MonoTime last() const { return last_; }

 private:
  static constexpr std::size_t steps = 80;  // four to each doubling, from 8 µs to 8 s
  static constexpr int countedMax = 256;

  static std::size_t stepOf(Duration took);
  static Duration endOf(std::size_t step);

  std::array<std::uint8_t, steps> counts_{};
  std::uint16_t counted_ = 0;  // sum of counts_
  std::uint64_t answers_ = 0;
  Duration weighted_;
  MonoTime last_;
};

}  // namespace henge
