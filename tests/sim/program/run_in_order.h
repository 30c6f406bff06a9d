// Many runs in several processes, their reports in the order of the runs.
#pragma once

#include <cstdint>
#include <functional>

#include "tests/sim/program/runner.h"

namespace henge::sim {

struct RunLimits {
  std::uint64_t processes = 1;
  Duration each;  // a run that takes longer is a finding, and its process is ended
};

// job(0) … job(count − 1), each in one of some children. `take` gets each report, those of lower
// index first, whoever was ready first; false from it ends all. Throws std::system_error if there
// are no processes to be had.
void runInOrder(const Job& job, std::uint64_t count, RunLimits limits,
                const std::function<bool(std::uint64_t index, const RunReport&)>& take);

}  // namespace henge::sim
