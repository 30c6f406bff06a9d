// --nodes N: one large cluster, to see what it costs and that it keeps its promises.
#pragma once

#include <cstdint>
#include <string>

#include "tests/sim/plan/fault.h"
#include "tests/sim/program/run_report.h"

namespace henge::sim {

// N = 3; for a minute after all nodes see each other up a hundred requests a second, and now and
// then a node is killed and comes back.
Case scaleCase(std::uint64_t nodes, std::uint64_t seed);

struct ScaleCost {
  double wallSeconds = 0;
  double cpuSeconds = 0;
  std::uint64_t peakBytes = 0;  // of the process
};

// What it came to, without the closing line.
std::string scaleText(std::uint64_t nodes, const RunReport& report, const ScaleCost& cost);

}  // namespace henge::sim
