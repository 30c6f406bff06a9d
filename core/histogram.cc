#include "core/histogram.h"

#include <algorithm>
#include <bit>
#include <cassert>

namespace henge {

Histogram::Histogram(unsigned stepBits)
    : stepBits_(stepBits), counts_(static_cast<std::size_t>(topBits - stepBits + 1) << stepBits) {
  assert(stepBits >= 1 && stepBits <= 8);
}

std::size_t Histogram::stepOf(std::uint64_t value) const {
  if (value < 1ULL << stepBits_) return value;
  value = std::min<std::uint64_t>(value, (1ULL << topBits) - 1);
  const auto shift = static_cast<unsigned>(std::bit_width(value)) - 1 - stepBits_;
  return (static_cast<std::size_t>(shift) << stepBits_) + static_cast<std::size_t>(value >> shift);
}

std::uint64_t Histogram::endOf(std::size_t step) const {
  const std::size_t linear = std::size_t{1} << stepBits_;
  if (step < linear) return step;
  const auto shift = static_cast<unsigned>(step >> stepBits_) - 1;
  assert(shift < topBits);
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
  for (std::size_t step = 0; step < counts_.size(); ++step) {
    seen += counts_[step];
    if (seen >= wanted) return std::min(endOf(step), greatest_);
  }
  return greatest_;
}

}  // namespace henge
