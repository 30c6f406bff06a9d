// A version says which of two writes of one key is the newer one, on every node alike.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace henge {

// Ordered by timestamp, then writer. The default value is below every real version and means
// "none". timestamp: microseconds since 1970 by the stamper's hybrid clock (core/hybrid_clock.h).
// writer: drawn at random at each start, of a node (coordinator's stamps) or of a client (its own).
struct Version {
  std::int64_t timestamp = 0;
  std::uint64_t writer = 0;

  bool isNone() const { return timestamp == 0 && writer == 0; }
  friend auto operator<=>(const Version&, const Version&) = default;
};

std::string toString(Version version);  // "1795236306646329/9f3c" – timestamp and writer in hex

}  // namespace henge
