// Which release of Henge this is.
#pragma once

#include <string_view>

namespace henge {

inline constexpr std::string_view softwareVersion = "0.1.0";

}  // namespace henge
