// What every fuzz target is: a function of bytes that ends the process if a promise is broken.
// Built by clang with libFuzzer (./x fuzz), and by every other build with a main that goes through
// the corpus.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>

#include "core/bytes.h"
#include "server/storage/little_endian.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace henge::fuzz {

inline BytesView viewOf(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

inline void require(bool holds, const char* promise) {
  if (holds) return;
  std::fprintf(stderr, "a promise is broken: %s\n", promise);
  std::abort();
}

// Whoever mutates bytes does not find checksums: the last eight become one that is right.
inline Bytes resealed(BytesView bytes) {
  Bytes out(bytes);
  if (out.size() < 8) return out;
  storage::putU64(out, out.size() - 8, hash64(bytes.substr(0, bytes.size() - 8)));
  return out;
}

// Decodes; what decodes is encoded and decoded again, and must be the same.
template <typename Decode, typename Encode, typename Same>
void roundTrip(BytesView bytes, Decode decode, Encode encode, Same same) {
  const auto first = decode(bytes);
  if (!first.ok()) return require(!first.error().message.empty(), "an error says what is wrong");
  const auto second = decode(BytesView(encode(*first)));
  require(second.ok(), "what was decoded can be encoded and decoded again");
  require(same(*first, *second), "what comes back is the same");
}

inline constexpr auto equal = [](const auto& a, const auto& b) { return a == b; };

}  // namespace henge::fuzz
