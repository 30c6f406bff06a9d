#include "wire/item_cursor.h"

#include <limits>

namespace henge::wire {

bool ItemCursor::fail(const char* what) {
  if (wrong_ == nullptr) wrong_ = what;
  return false;
}

bool ItemCursor::byte(std::uint8_t& out) {
  if (rest_.empty()) return false;
  out = static_cast<std::uint8_t>(rest_.front());
  rest_.remove_prefix(1);
  return true;
}

bool ItemCursor::skip(std::size_t bytes) {
  if (bytes > rest_.size()) return false;
  rest_.remove_prefix(bytes);
  return true;
}

bool ItemCursor::view(std::size_t bytes, BytesView& out) {
  if (bytes > rest_.size()) return false;
  out = rest_.substr(0, bytes);
  return skip(bytes);
}

bool ItemCursor::bigEndian32(std::uint32_t& out) {
  out = 0;
  for (int i = 0; i < 4; ++i) {
    std::uint8_t next = 0;
    if (!byte(next)) return false;
    out = out << 8 | next;
  }
  return true;
}

bool ItemCursor::varint(std::uint64_t& out) {
  out = 0;
  for (unsigned shift = 0; shift < 70; shift += 7) {
    std::uint8_t next = 0;
    if (!byte(next)) return false;
    if (shift < 64) out |= static_cast<std::uint64_t>(next & 0x7f) << shift;
    if ((next & 0x80) == 0) return true;
  }
  return fail("a number has more than 10 bytes");
}

bool ItemCursor::varintSize(std::uint32_t& out) {
  std::uint64_t wide = 0;
  if (!varint(wide)) return false;
  if (wide > std::numeric_limits<std::int32_t>::max()) return fail("a size is above 2^31 - 1");
  out = static_cast<std::uint32_t>(wide);
  return true;
}

}  // namespace henge::wire
