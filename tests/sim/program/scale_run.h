// Runs one large cluster in this process.
#pragma once

#include <cstdint>

#include "tests/sim/program/arguments.h"

namespace henge::sim {

// Of Arguments::nodes; prints what it came to. `seed`: if the arguments name none. False: a
// violation, which was told.
bool runScale(const Arguments& arguments, std::uint64_t seed);

}  // namespace henge::sim
