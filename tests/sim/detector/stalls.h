// Nodes that stand still now and then, as busy machines make them.
#pragma once

#include <cstdint>
#include <vector>

#include "tests/sim/chance.h"
#include "tests/sim/scenario/stage.h"

namespace henge::sim {

// Every node stands still for 0 to 500 ms, and then goes on for a second in the mean, each by its
// own lot: a fifth of all time. Two stalls do not become one: it goes on for 20 ms at least.
// Thread: the one there is. The stage outlives it.
class Stalls final : private ports::TimerSink {
 public:
  static constexpr Duration longest = 500_ms;
  static constexpr Duration between = 980_ms;
  static constexpr Duration betweenLeast = 20_ms;

  Stalls(Stage& stage, std::uint64_t seed);

  void begin();

  std::uint64_t count() const { return count_; }
  Duration stalled() const { return stalled_; }  // of all nodes together

 private:
  void onTimer(std::uint64_t node) override;

  Stage& stage_;
  std::vector<Chance> chances_;  // by node
  std::uint64_t count_ = 0;
  Duration stalled_;
};

}  // namespace henge::sim
