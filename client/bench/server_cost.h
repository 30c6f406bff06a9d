// What a load cost the servers of this machine.
#pragma once

#include <string>
#include <vector>

#include "core/result.h"
#include "core/time.h"

namespace henge::bench {

// Microseconds of user and system time that the processes have used so far. notFound: there is no
// such process.
Result<double> cpuMicrosOf(const std::vector<int>& pids);

// Waits until no node has a record that its store has not taken in; false: not within `patience`,
// or one of them does not answer.
bool awaitStores(const std::vector<std::string>& nodes, Duration patience);

}  // namespace henge::bench
