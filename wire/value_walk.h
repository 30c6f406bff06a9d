// Steps over Thrift values in memory. Private to the message guard.
#pragma once

#include <cstdint>

#include "core/bytes.h"
#include "wire/message_guard.h"

namespace henge::wire {

// Where a walk stands and what it may still spend. The first thing that is wrong stops it: every
// step returns false from then on.
class Cursor {
 public:
  Cursor(BytesView bytes, const GuardLimits& limits)
      : rest_(bytes), elementsLeft_(limits.elementsMax), depthLeft_(limits.depthMax) {}

  BytesView rest() const { return rest_; }
  const char* wrong() const { return wrong_; }  // nullptr: nothing yet
  bool fail(const char* what);

  bool byte(std::uint8_t& out);
  bool skip(std::uint64_t bytes);
  bool bigEndian32(std::uint32_t& out);
  bool varint(std::uint64_t& out);      // at most 10 bytes
  bool varintSize(std::uint32_t& out);  // one that fits 31 bits
  bool view(std::uint64_t bytes, BytesView& out);

  // A container of `count` elements, each of at least `bytesMin` bytes.
  bool spendElements(std::uint64_t count, std::uint64_t bytesMin);

  bool enter();
  void leave() { ++depthLeft_; }

 private:
  BytesView rest_;
  std::uint64_t elementsLeft_;
  int depthLeft_;
  const char* wrong_ = nullptr;
};

bool walkBinaryStruct(Cursor& cursor);
bool walkCompactStruct(Cursor& cursor);

}  // namespace henge::wire
