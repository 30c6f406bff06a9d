// Settings and faults that go together: what is overridden or made smaller must still be a case.
#pragma once

#include "core/result.h"
#include "tests/sim/plan/fault.h"

namespace henge::sim {

// invalidRequest: a cluster or a load that cannot be, in one sentence.
Status checkShape(const Settings& settings);

// Faults of nodes that are not there happen to others, in turn; those that need more nodes, that no
// quorum would cover, or that would come when all is healed, are left out.
void fitFaults(Case& what);

}  // namespace henge::sim
