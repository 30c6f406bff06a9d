// Ranks by Zipf's law: rank r (from 0) as often as 1/(r+1)^theta.
#pragma once

#include <cstdint>

#include "server/ports/random.h"

namespace henge::bench {

// After Gray et al., "Quickly Generating Billion-Record Synthetic Databases", SIGMOD 1994: constant
// time a draw, one pass over `ranks` when it is made.
class Zipf {
 public:
  // Preconditions: ranks ≥ 1, 0 < theta < 1.
  Zipf(std::uint64_t ranks, double theta);

  std::uint64_t draw(ports::Random& random) const;  // below ranks

 private:
  std::uint64_t ranks_;
  double theta_;
  double zeta_;  // the sum of 1/r^theta over all ranks
  double alpha_;
  double eta_;
};

// Even between 0 (in) and 1 (out).
double unitOf(ports::Random& random);

}  // namespace henge::bench
