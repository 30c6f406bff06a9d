// Is the history of one register with compare-and-set linearizable? By search.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "tests/sim/check/history.h"

namespace henge::sim {

// undecided: the steps ran out first. That is never "linearizable".
enum class Linearity { linearizable, contradictory, undecided };

struct LinearAnswer {
  Linearity linearity = Linearity::undecided;
  // Ids in an order that explains the history, or that explains the most of it, and then the one
  // (if any) that had to come before its end and could not.
  std::vector<std::uint64_t> order;
  std::optional<std::uint64_t> stuckAt;
  std::size_t steps = 0;
};

struct LinearOptions {
  std::uint64_t initial = absent;
  std::size_t stepsMax = 1'000'000;  // tries of one operation; the memo holds no more entries
};

// Wing and Gong's search ("Testing and Verifying Concurrent Objects", 1993) over the list of calls
// and answers, with Lowe's memo of (operations done, state) seen before ("Testing for
// Linearizability", 2017): in the worst case exponential. A put writes; a get answers the state; a
// compare-and-set answered `swapped` found `expected` and wrote `next`, one answered not swapped
// found anything else. Unknown ones may be done at any time after their begin, or never.
//
// Precondition: no operation ends before it begins. Values need not be unique here.
LinearAnswer checkLinear(const std::vector<RegisterOp>& history, const LinearOptions& options = {});

}  // namespace henge::sim
