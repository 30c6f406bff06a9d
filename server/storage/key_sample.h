// How many of a table's keys lie in a range, without a walk over them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>

#include "core/bytes.h"

namespace henge::storage {

// Keeps all keys until they are too many, then those whose hash ends in n zero bits, and counts
// each for 2^n (adaptive sampling: Wegman, in Flajolet, Computing 43, 1990). At 2,048 an estimate
// of a half is off by some 2 %. Keys are not copied: each lives at its place as long as this.
class KeySample {
 public:
  static constexpr std::size_t keysMax = 2048;

  void add(BytesView key);  // precondition: for the first time
  // From ≤ key < to; `to` empty: no end. Exact while at most keysMax were added.
  std::uint64_t between(BytesView from, BytesView to) const;

 private:
  bool isKept(BytesView key) const { return (hash64(key) & ((1ULL << zeroBits_) - 1)) == 0; }

  std::set<BytesView> keys_;
  unsigned zeroBits_ = 0;
};

}  // namespace henge::storage
