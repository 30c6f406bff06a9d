// A run for programs.
#pragma once

#include <string>
#include <vector>

#include "client/bench/report_text.h"
#include "client/bench/runner.h"

namespace henge::bench {

struct MachineFacts {
  std::string version;  // of this program
  unsigned cores = 0;
  std::uint64_t seed = 0;
};

// One JSON object, ended by a newline. What was not measured is null, never NaN. docs/bench.md.
std::string jsonOf(const RunReport& report, const std::vector<SpanTally>& seconds,
                   const MachineFacts& facts);
// The same of a span while the run goes on.
std::string jsonOf(const SpanReport& report);

}  // namespace henge::bench
