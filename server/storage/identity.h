// The identity file: which member's data directory this is (docs/format/identity.md).
#pragma once

#include <cstdint>
#include <vector>

#include "core/bytes.h"
#include "core/ids.h"
#include "core/record.h"
#include "core/result.h"

namespace henge::storage {

inline constexpr const char* identityPath = "identity";  // relative to the data directory

struct Identity {
  ClusterId cluster;
  NodeId node;
  DirectoryId directory;   // drawn when the directory was made
  std::uint64_t boot = 0;  // starts so far; raised and written before anything else at each start
  std::uint32_t shards = 1;
  std::uint64_t writer = 0;    // drawn at each start; in every version this node stamps
  std::uint64_t ringHash = 0;  // of the cluster file last accepted
  std::vector<Bytes> tokens;   // of this member, as last accepted
  std::uint64_t era = 0;
  std::uint64_t hashSeed = 0;
  Extensions extensions;  // fields of later versions, kept as they are

  friend bool operator==(const Identity&, const Identity&) = default;
};

Bytes encode(const Identity& identity);

// corrupt: not an identity file, or damaged; mismatch: a newer format, named.
Result<Identity> decodeIdentity(BytesView bytes);

}  // namespace henge::storage
