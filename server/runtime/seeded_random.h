#pragma once

#include <array>
#include <cstdint>

#include "server/ports/random.h"

namespace henge::runtime {

// xoshiro256** (Blackman and Vigna, "Scrambled Linear Pseudorandom Number Generators", ACM TOMS
// 2021), its state filled from the seed by splitmix64. One seed, one sequence, on every machine.
// Not for secrets.
class SeededRandom final : public ports::Random {
 public:
  explicit SeededRandom(std::uint64_t seed);
  std::uint64_t next() override;

 private:
  std::array<std::uint64_t, 4> state_;
};

// A seed from the operating system (getrandom). Blocks only in the first moments after a boot.
std::uint64_t systemSeed();

}  // namespace henge::runtime
