// What became of a write.
#pragma once

#include <cstdint>

namespace henge {

// applied           the level's number of replicas have it, synced (or something newer: superseded)
// surelyNotApplied  nothing was sent, or every replica that was sent it refused before its append
// unknown           anything else: it may surface at any later time, or never
enum class Outcome : std::uint8_t { applied = 1, surelyNotApplied = 2, unknown = 3 };

}  // namespace henge
