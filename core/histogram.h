// Counts of values by their size, in little room: quantiles within one part in sixteen, or finer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace henge {

// Log-linear: each power of two is parted into 2^stepBits steps of equal width, so that a quantile
// is at most 1/2^stepBits above the true value and never above the greatest one added. Values of
// 2^40 and more share the last step. Thread: one at a time.
class Histogram {
 public:
  // 1/16 in 5 KiB; 6: 1/64 in 18 KiB. Precondition: 1 ≤ stepBits ≤ 8.
  explicit Histogram(unsigned stepBits = 4);

  void add(std::uint64_t value);

  std::uint64_t count() const { return count_; }
  std::uint64_t greatest() const { return greatest_; }  // exact; 0: none
  // The least value that `perMille` thousandths of all do not exceed; 0: none was added.
  // Precondition: perMille ≤ 1000.
  std::uint64_t quantile(std::uint64_t perMille) const;

 private:
  static constexpr unsigned topBits = 40;

  std::size_t stepOf(std::uint64_t value) const;
  std::uint64_t endOf(std::size_t step) const;  // the greatest value of the step

  unsigned stepBits_;
  std::vector<std::uint64_t> counts_;
  std::uint64_t count_ = 0;
  std::uint64_t greatest_ = 0;
};

}  // namespace henge
