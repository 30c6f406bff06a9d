// A run for programs.
#pragma once

#include <string>
#include <vector>

#include "client/bench/report_text.h"

namespace henge::bench {

struct MachineFacts {
  std::string version;  // of this program
  unsigned cores = 0;
  std::uint64_t seed = 0;
};

// One JSON object, ended by a newline. What was not measured is null, never NaN. docs/bench.md.
std::string jsonOf(const RunReport& report, const std::vector<SecondTally>& seconds,
                   const MachineFacts& facts);

}  // namespace henge::bench
