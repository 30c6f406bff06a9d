#include "core/histogram.h"

#include <algorithm>
#include <bit>
#include <cassert>

namespace henge {

std::size_t Histogram::stepOf(std::uint64_t value) {
  constexpr std::uint64_t linear = 1ULL << stepBits;
  if (value < linear) return value;
  value = std::min<std::uint64_t>(value, (1ULL << topBits) - 1);
  const auto shift = static_cast<unsigned>(std::bit_width(value)) - 1 - stepBits;
  return (static_cast<std::size_t>(shift) << stepBits) + static_cast<std::size_t>(value >> shift);
}

std::uint64_t Histogram::endOf(std::size_t step) {
  constexpr std::size_t linear = std::size_t{1} << stepBits;
  if (step < linear) return step;
  const auto shift = static_cast<unsigned>(step >> stepBits) - 1;
  const std::uint64_t first = linear + (step & (linear - 1));
  return ((first + 1) << shift) - 1;
}

void Histogram::add(std::uint64_t value) {
  ++counts_[stepOf(value)];
  ++count_;
  greatest_ = std::max(greatest_, value);
}

std::uint64_t Histogram::quantile(std::uint64_t perMille) const {
  assert(perMille <= 1000);
  if (count_ == 0) return 0;
  const std::uint64_t wanted = std::max<std::uint64_t>(1, (count_ * perMille + 999) / 1000);
  std::uint64_t seen = 0;
  for (std::size_t step = 0; step < steps; ++step) {
    seen += counts_[step];
    if (seen >= wanted) return std::min(endOf(step), greatest_);
  }
  return greatest_;
}

}  // namespace henge
