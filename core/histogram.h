// Counts of values by their size, in little room: quantiles within one part in sixteen.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace henge {

// Log-linear: each power of two is parted into sixteen steps of equal width, so that a quantile is
// at most 1/16 above the true value and never above the greatest one added. Values of 2^40 and more
// share the last step. Thread: one at a time.
class Histogram {
 public:
  void add(std::uint64_t value);

  std::uint64_t count() const { return count_; }
  std::uint64_t greatest() const { return greatest_; }  // exact; 0: none
  // The least value that `perMille` thousandths of all do not exceed; 0: none was added.
  // Precondition: perMille ≤ 1000.
  std::uint64_t quantile(std::uint64_t perMille) const;

 private:
  static constexpr unsigned stepBits = 4;
  static constexpr unsigned topBits = 40;
  static constexpr std::size_t steps = (topBits - stepBits + 1) << stepBits;

  static std::size_t stepOf(std::uint64_t value);
  static std::uint64_t endOf(std::size_t step);  // the greatest value of the step

  std::array<std::uint64_t, steps> counts_{};
  std::uint64_t count_ = 0;
  std::uint64_t greatest_ = 0;
};

}  // namespace henge
