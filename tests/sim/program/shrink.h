// Makes a failing case small enough to be understood.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>

#include "tests/sim/plan/fault.h"
#include "tests/sim/program/run_report.h"

namespace henge::sim {

struct FailingCase {
  Case what;
  Finding finding;
};

// Whether a candidate fails in the same way, and how. What clients do is drawn from the seed, and a
// candidate of which something was left out draws differently; so the case that fails may be the
// candidate with another seed.
using StillFails = std::function<std::optional<FailingCase>(const Case& candidate)>;

struct Shrunk {
  FailingCase rest;
  std::uint64_t tried = 0;  // candidates
  bool minimal = false;     // nothing more can be left out; else the time was up
};

// Leaves out what need not be there: time, faults, nodes, clients, keys, settings that differ from
// the defaults, until no single one of them can be. Asks `timeIsUp` before each candidate.
Shrunk shrink(const FailingCase& found, const StillFails& stillFails,
              const std::function<bool()>& timeIsUp);

}  // namespace henge::sim
