#include "wire/value_walk.h"

#include <limits>

namespace henge::wire {

bool Cursor::fail(const char* what) {
  if (wrong_ == nullptr) wrong_ = what;
  return false;
}

bool Cursor::byte(std::uint8_t& out) {
  if (rest_.empty()) return fail("it ends in the middle of a value");
  out = static_cast<std::uint8_t>(rest_.front());
  rest_.remove_prefix(1);
  return true;
}

bool Cursor::skip(std::uint64_t bytes) {
  if (bytes > rest_.size()) return fail("a value is longer than the message");
  rest_.remove_prefix(static_cast<std::size_t>(bytes));
  return true;
}

bool Cursor::view(std::uint64_t bytes, BytesView& out) {
  if (bytes > rest_.size()) return fail("a value is longer than the message");
  out = rest_.substr(0, static_cast<std::size_t>(bytes));
  return skip(bytes);
}

bool Cursor::bigEndian32(std::uint32_t& out) {
  out = 0;
  for (int i = 0; i < 4; ++i) {
    std::uint8_t next = 0;
    if (!byte(next)) return false;
    out = out << 8 | next;
  }
  return true;
}

bool Cursor::varint(std::uint64_t& out) {
  out = 0;
  for (unsigned shift = 0; shift < 70; shift += 7) {
    std::uint8_t next = 0;
    if (!byte(next)) return false;
    if (shift < 64) out |= static_cast<std::uint64_t>(next & 0x7f) << shift;
    if ((next & 0x80) == 0) return true;
  }
  return fail("a number has more than 10 bytes");
}

bool Cursor::varintSize(std::uint32_t& out) {
  std::uint64_t wide = 0;
  if (!varint(wide)) return false;
  if (wide > std::numeric_limits<std::int32_t>::max()) return fail("a size is above 2^31 - 1");
  out = static_cast<std::uint32_t>(wide);
  return true;
}

bool Cursor::spendElements(std::uint64_t count, std::uint64_t bytesMin) {
  if (count > rest_.size() / bytesMin) return fail("a container is larger than the message");
  if (count > elementsLeft_) return fail("too many elements in its containers");
  elementsLeft_ -= count;
  return true;
}

bool Cursor::enter() {
  if (depthLeft_ == 0) return fail("its values are nested too deeply");
  --depthLeft_;
  return true;
}

}  // namespace henge::wire
