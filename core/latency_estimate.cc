#include "core/latency_estimate.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <limits>

namespace henge {

namespace {

constexpr std::int64_t leastMicros = 8;
constexpr unsigned leastBits = 3;

// The part of a thousand that is left of something after `time`: halves, and a straight line in
// between.
std::int64_t leftOf1000(Duration time) {
  const std::int64_t halves = time.micros / LatencyEstimate::halfLife.micros;
  if (halves >= 10) return 0;
  const std::int64_t rest = time.micros % LatencyEstimate::halfLife.micros;
  const std::int64_t whole = 1000 >> halves;
  return whole - whole * rest / (2 * LatencyEstimate::halfLife.micros);
}

}  // namespace

std::size_t LatencyEstimate::stepOf(Duration took) {
  const auto micros = static_cast<std::uint64_t>(std::max(took.micros, leastMicros));
  const auto doublings = static_cast<unsigned>(std::bit_width(micros)) - 1 - leastBits;
  const std::uint64_t quarter = (micros >> (doublings + leastBits - 2)) & 3;
  return std::min<std::size_t>(4 * std::size_t{doublings} + quarter, steps - 1);
}

Duration LatencyEstimate::endOf(std::size_t step) {
  const std::size_t doublings = step / 4 + leastBits;
  const std::int64_t quarter = std::int64_t{1} << (doublings - 2);
  return {quarter * static_cast<std::int64_t>(4 + step % 4 + 1) - 1};
}

// An answer weighs at least a sixteenth, so that a few of them are seen even when all come at once;
// and at most what time has made of the older ones.
void LatencyEstimate::add(Duration took, MonoTime now) {
  const std::int64_t older =
      std::min<std::int64_t>(leftOf1000(std::max(now - last_, Duration{})), 938);
  weighted_ = answers_ == 0
                  ? took
                  : Duration{(weighted_.micros * older + took.micros * (1000 - older)) / 1000};
  last_ = now;
  ++answers_;
  std::uint8_t& count = counts_.at(stepOf(took));
  if (counted_ == countedMax || count == std::numeric_limits<std::uint8_t>::max()) {
    counted_ = 0;
    for (std::uint8_t& one : counts_) counted_ = static_cast<std::uint16_t>(counted_ + (one /= 2));
  }
  ++count;
  ++counted_;
}

Duration LatencyEstimate::quantile(int perMille) const {
  assert(0 <= perMille && perMille <= 1000);
  const int wanted = std::max(1, (counted_ * perMille + 999) / 1000);
  int seen = 0;
  for (std::size_t step = 0; step < steps; ++step) {
    seen += counts_.at(step);
    if (seen >= wanted) return endOf(step);
  }
  return {};
}

}  // namespace henge
