// What a person reads after a load.
#pragma once

#include <string>

#include "client/load/load_ledger.h"
#include "core/time.h"

namespace henge::client {

// "Stored 12 000 pairs of users.tsv in 410.22 ms."
std::string loadText(const std::string& file, const LoadCounts& counts, Duration took);

// The first lines that failed, how far everything is stored, how to go on; "" if all went well.
std::string loadTrouble(const std::string& file, const LoadCounts& counts, bool interrupted);

}  // namespace henge::client
