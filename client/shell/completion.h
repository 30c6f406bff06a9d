// What Tab offers. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "client/session.h"

namespace henge::client {

struct Completion {
  std::string insert;                // to be put at the cursor, perhaps nothing
  std::vector<std::string> offered;  // to be listed: several that go on differently
  std::string usage;                 // to be shown where nothing is offered; "" if there is none
};

// For a line up to its cursor: commands, then what the command's words say: levels, forms, nodes,
// keys seen in the session, flags.
Completion complete(std::string_view line, const Session& session);

}  // namespace henge::client
