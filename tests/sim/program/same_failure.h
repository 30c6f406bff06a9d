// Runs candidates of the shrinker.
#pragma once

#include "tests/sim/program/run_in_order.h"
#include "tests/sim/program/shrink.h"

namespace henge::sim {

// As it is, and then with other seeds, drawn from the case itself.
std::vector<Case> withOtherSeeds(const Case& candidate);
inline constexpr std::uint64_t otherSeeds = 4;

// The first of withOtherSeeds() that ends with a finding of this kind.
std::optional<FailingCase> failsAs(const std::string& kind, const Case& candidate,
                                   const std::function<RunReport(const Case&)>& runOne,
                                   RunLimits limits);

}  // namespace henge::sim
