#include "core/recent_quantile.h"

#include <algorithm>
#include <bit>
#include <cassert>

namespace henge {

namespace {

constexpr std::int64_t firstEnd = 16;  // µs; all that is shorter is one step

}  // namespace

// Each power of two above firstEnd is parted into four steps of equal width.
std::size_t RecentQuantile::stepOf(std::int64_t micros) {
  if (micros <= firstEnd) return 0;
  const auto above = static_cast<std::uint64_t>(micros - 1);
  const auto power = static_cast<std::size_t>(std::bit_width(above)) - 1;
  const std::size_t quarter = (above >> (power - 2)) & 3;
  return std::min((power - 4) * 4 + quarter + 1, steps - 1);
}

std::int64_t RecentQuantile::endOf(std::size_t step) {
  if (step == 0) return firstEnd;
  const std::size_t power = (step - 1) / 4 + 4;
  const auto quarter = static_cast<std::int64_t>((step - 1) % 4 + 1);
  return (std::int64_t{1} << power) + (quarter << (power - 2));
}

void RecentQuantile::add(Duration time) {
  ++counts_[stepOf(time.micros)];
  if (++total_ < remembered) return;
  total_ = 0;
  for (std::uint32_t& count : counts_) total_ += count /= 2;
}

Duration RecentQuantile::quantile(std::uint32_t perMille) const {
  assert(perMille <= 1000);
  if (total_ == 0) return {};
  const auto wanted = (std::uint64_t{total_} * perMille + 999) / 1000;
  std::uint64_t seen = 0;
  for (std::size_t step = 0; step < steps; ++step) {
    seen += counts_[step];
    if (seen >= wanted && seen > 0) return {endOf(step)};
  }
  return {endOf(steps - 1)};
}

}  // namespace henge
