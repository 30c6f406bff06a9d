// How many replicas must agree before a request is answered.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace henge {

enum class Consistency : std::uint8_t { one = 1, quorum = 2, all = 3 };

// Replicas needed out of `replicas`: 1, the majority, or every one.
int requiredOf(Consistency level, int replicas);

std::string_view nameOf(Consistency level);                          // "ONE" "QUORUM" "ALL"
std::optional<Consistency> parseConsistency(std::string_view text);  // any case

}  // namespace henge
