// Numbers by lot, the same from one seed with every compiler and library.
#pragma once

#include <cassert>
#include <cstdint>
#include <string_view>
#include <vector>

#include "core/bytes.h"
#include "core/time.h"
#include "server/ports/random.h"

namespace henge::sim {

// SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, OOPSLA 2014). No
// floating point anywhere. One stream a purpose: a new draw in one place must not shift the others.
class Chance final : public ports::Random {
 public:
  explicit Chance(std::uint64_t seed) : state_(seed) {}

  // A stream of its own, named after what it is for.
  Chance fork(std::string_view purpose, std::uint64_t number = 0) const {
    return Chance(hash64(purpose) ^ (state_ * 0x9e3779b97f4a7c15ULL) ^ (number << 32));
  }

  std::uint64_t next() override {
    state_ += 0x9e3779b97f4a7c15ULL;
    std::uint64_t mixed = state_;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9ULL;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebULL;
    return mixed ^ (mixed >> 31);
  }

  // [least, most]
  std::int64_t between(std::int64_t least, std::int64_t most) {
    assert(least <= most);
    return least + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(most - least) + 1));
  }
  Duration between(Duration least, Duration most) {
    return Duration{between(least.micros, most.micros)};
  }
  // Each power of two between them is as likely as the next. 1 ≤ least ≤ most.
  std::int64_t byMagnitude(std::int64_t least, std::int64_t most) {
    assert(1 <= least && least <= most);
    int doublings = 0;
    while (most >> (doublings + 1) >= least) ++doublings;
    const std::int64_t floor = least << below(static_cast<std::uint64_t>(doublings) + 1);
    return between(floor, floor > most / 2 ? most : 2 * floor - 1);
  }
  Duration byMagnitude(Duration least, Duration most) {
    return Duration{byMagnitude(least.micros, most.micros)};
  }
  // Geometric with this mean, in steps of a sixteenth of it: what waiting times look like.
  Duration waiting(Duration mean) {
    std::int64_t sixteenths = 0;
    while (sixteenths < std::int64_t{16} * 16 && below(16) != 0) ++sixteenths;
    const std::int64_t step = mean.micros / 16;
    return Duration{sixteenths * step + between(0, step)};
  }
  bool percent(int of100) { return below(100) < static_cast<std::uint64_t>(of100); }
  bool oneIn(std::uint64_t n) { return below(n) == 0; }

  template <typename T>
  const T& oneOf(const std::vector<T>& of) {
    assert(!of.empty());
    return of[below(of.size())];
  }

 private:
  std::uint64_t state_;
};

}  // namespace henge::sim
