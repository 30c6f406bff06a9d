// What is printed about runs, as text; lines end with a line break.
#pragma once

#include <cstdint>
#include <string>

#include "tests/sim/plan/fault.h"
#include "tests/sim/program/run_report.h"
#include "tests/sim/program/shrink.h"
#include "tests/sim/program/totals.h"

namespace henge::sim {

inline constexpr std::uint64_t probeWanted = 10;  // times; below it a place counts as not visited

// "violation in seed 7", the sentence, the settings, how many faults, the last events, and
// `replay`, the command that runs it again. `name`: "seed 7".
std::string findingText(const std::string& name, const Finding& finding, const Case& what,
                        const std::string& replay);

// Its name and its sentence alone.
std::string findingLine(const std::string& name, const Finding& finding);

// "shrunk to 2 faults, 1 clients, 1 keys, 3 nodes in 41 s", and the case.
std::string shrunkText(const Shrunk& shrunk, double seconds);

// Most often first; those below probeWanted are marked.
std::string probeTable(const RunReport::Probes& probes);

// "a restart in 91 % of the runs, a cut in 88 %"
std::string sharesText(const Totals& totals);

// The closing line.
std::string totalsLine(const Totals& totals, double cpuSeconds);

}  // namespace henge::sim
