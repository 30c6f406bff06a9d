// The words behind a command: its key, value, level and the like.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/arguments.h"

namespace henge::client {

// Reads them into `call`, whose command and options are set. The message ends with the usage.
Status readArguments(Invocation& call, const std::vector<std::string>& arguments);

std::optional<KeyForm> parseKeyForm(std::string_view text);

}  // namespace henge::client
