// How far a node may trust its own ears.
#pragma once

#include <algorithm>

#include "core/time.h"

namespace henge {

// Lifeguard (2018), section IV-A: who misses answers that should have come, or is itself accused,
// is perhaps the one that is ill: it asks more rarely and waits longer before it blames others.
class LocalHealth {
 public:
  static constexpr int worst = 8;

  void worse(int by = 1) { score_ = std::min(worst, score_ + by); }
  void better() { score_ = std::max(0, score_ - 1); }

  int score() const { return score_; }  // 0: well
  Duration scaled(Duration time) const { return time * (score_ + 1); }

 private:
  int score_ = 0;
};

}  // namespace henge
