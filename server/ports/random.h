#pragma once

#include <cstdint>

namespace henge::ports {

// Thread: the loop's. Seeded once, by the composition root.
class Random {
 public:
  virtual ~Random() = default;
  virtual std::uint64_t next() = 0;                            // all 64 bits
  std::uint64_t below(std::uint64_t n) { return next() % n; }  // [0, n), n ≥ 1
};

}  // namespace henge::ports
