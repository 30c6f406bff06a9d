// The limits a request must keep, each with its name. Nodes tell theirs in `hello`.
#pragma once

#include <cstdint>

#include "core/bytes.h"
#include "core/result.h"
#include "core/time.h"

namespace henge {

struct Limits {
  std::uint32_t keyBytesMax = 64 * 1024;
  std::uint32_t valueBytesMax = 8 * 1024 * 1024;
  std::uint32_t sessionBytesMax = 4 * 1024;
  std::int64_t stampAheadMaxMs = 60'000;  // a client's version may lead the clocks by this much
  std::int64_t deadlineDefaultMs = 2'000;
  std::int64_t deadlineMaxMs = 60'000;

  // The largest frame a request or an answer with one key and one value can need.
  std::uint32_t frameBytesMax() const { return valueBytesMax + keyBytesMax + 64 * 1024; }

  friend bool operator==(const Limits&, const Limits&) = default;
};

// The message names the size found and the limit.
Status checkKey(const Limits& limits, BytesView key);
Status checkValue(const Limits& limits, BytesView value);

}  // namespace henge
