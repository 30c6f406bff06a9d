// Is the history of one register linearizable? By zones: in O(n log n), for unique put values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "tests/sim/check/history.h"

namespace henge::sim {

// A value's cluster: its put and all gets that answered it, by their ids.
struct Cluster {
  std::uint64_t value = absent;
  std::optional<std::uint64_t> put;  // none: the initial value, or one that nobody put
  std::vector<std::uint64_t> gets;
};

struct Contradiction {
  std::string rule;  // what is broken, in words
  Cluster one;
  std::optional<Cluster> other;  // none: the cluster contradicts itself
};

// "two values each had to be the newest before the other: value 3 (put 7; gets 9) and value …"
std::string toString(const Contradiction& contradiction);

// Gibbons and Korach, "Testing Shared Memories", SIAM Journal on Computing 26(4), 1997, with all
// values unique. A cluster's zone lies between its earliest end and its latest begin. It is a
// forward one if the end comes first: the value was the newest for the whole of it. Then two
// forward zones must not overlap, and no backward zone may lie inside a forward one; zones that
// touch in one instant do neither, as equal times are concurrent. Within a cluster no get may have
// ended before the put began. The initial value is a cluster whose put lies before everything.
//
// nullopt: linearizable. Preconditions: puts and gets only; put values unique and not 0; no
// operation ends before it begins.
std::optional<Contradiction> checkZones(const std::vector<RegisterOp>& history);

}  // namespace henge::sim
