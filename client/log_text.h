// What a person reads of a node's recovery log (docs/console.md shows every screen).
#pragma once

#include <string>

#include "core/cluster.h"
#include "core/log_view.h"

namespace henge::client {

std::string logText(const LogView& log, const Address& address, bool colour);

// A line for each place of damage, indented; empty: there is none.
std::string damageText(const LogView& log);

}  // namespace henge::client
