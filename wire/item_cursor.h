// Numbers at the front of a message that may not be there whole yet. Private to the message walk.
#pragma once

#include <cstdint>

#include "core/bytes.h"

namespace henge::wire {

// Every step returns false if the bytes do not suffice (wrong() is nullptr then: more may come), or
// if what is there cannot be right. After the first false nothing of the cursor counts but wrong().
class ItemCursor {
 public:
  explicit ItemCursor(BytesView bytes) : rest_(bytes) {}

  BytesView rest() const { return rest_; }
  const char* wrong() const { return wrong_; }
  bool fail(const char* what);

  bool byte(std::uint8_t& out);
  bool skip(std::size_t bytes);
  bool view(std::size_t bytes, BytesView& out);
  bool bigEndian32(std::uint32_t& out);
  bool varint(std::uint64_t& out);      // at most 10 bytes
  bool varintSize(std::uint32_t& out);  // one that fits 31 bits

 private:
  BytesView rest_;
  const char* wrong_ = nullptr;
};

}  // namespace henge::wire
