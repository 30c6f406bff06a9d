#include "client/bench/zipf.h"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace henge::bench {

namespace {

double zetaOf(std::uint64_t ranks, double theta) {
  double sum = 0;
  for (std::uint64_t rank = ranks; rank >= 1; --rank) {  // the small ones first: fewer digits lost
    sum += std::pow(static_cast<double>(rank), -theta);
  }
  return sum;
}

}  // namespace

double unitOf(ports::Random& random) { return static_cast<double>(random.next() >> 11) * 0x1p-53; }

Zipf::Zipf(std::uint64_t ranks, double theta)
    : ranks_(ranks), theta_(theta), zeta_(zetaOf(ranks, theta)), alpha_(1 / (1 - theta)), eta_(0) {
  assert(ranks >= 1 && theta > 0 && theta < 1);
  const double first = zetaOf(std::min<std::uint64_t>(ranks, 2), theta);
  const double n = static_cast<double>(ranks);
  if (ranks > 2) eta_ = (1 - std::pow(2 / n, 1 - theta)) / (1 - first / zeta_);
}

std::uint64_t Zipf::draw(ports::Random& random) const {
  const double u = unitOf(random);
  const double at = u * zeta_;
  if (at < 1 || ranks_ == 1) return 0;
  if (at < 1 + std::pow(0.5, theta_) || ranks_ == 2) return 1;
  const double rank = static_cast<double>(ranks_) * std::pow(eta_ * u - eta_ + 1, alpha_);
  return std::min(static_cast<std::uint64_t>(rank), ranks_ - 1);
}

}  // namespace henge::bench
