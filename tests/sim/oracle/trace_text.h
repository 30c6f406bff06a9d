// What a trace must be, whatever the request met on its way.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/ids.h"

namespace henge::sim {

// nullopt: it has its head and its closing sentence, each message to a replica has one line that
// says what came of it, and each of `answered` has answered. Else what is wrong, after "its trace".
std::optional<std::string> wrongIn(const std::string& trace, const std::vector<NodeId>& answered);

}  // namespace henge::sim
