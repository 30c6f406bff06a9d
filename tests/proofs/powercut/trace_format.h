// A trace of a real process's system calls in one file: what the preloaded recorder writes and
// `rebuild` reads. Each call that changed the disk is one entry, in the order in which they ended.
#pragma once

#include <cstdint>

namespace henge::proofs {

enum class TracedCall : std::uint32_t {
  make = 1,
  write,
  resize,
  sync,
  rename,
  unlink,
  makeDirectory,
  syncNames
};

// Followed by the path, the second path (rename), the bytes (write). In the machine's byte order.
struct TraceEntry {
  TracedCall call = TracedCall::write;
  std::uint32_t pathBytes = 0;
  std::uint32_t toBytes = 0;
  std::uint32_t dataBytes = 0;
  std::uint64_t number = 0;  // offset or size
};
static_assert(sizeof(TraceEntry) == 24);

}  // namespace henge::proofs
