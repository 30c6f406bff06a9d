// Numbers of fixed width, least byte first, as the formats in docs/format/ have them.
#pragma once

#include <cstdint>

#include "core/bytes.h"
#include "core/ids.h"
#include "core/version.h"

namespace henge::storage {

void appendU8(Bytes& out, std::uint8_t value);
void appendU16(Bytes& out, std::uint16_t value);
void appendU32(Bytes& out, std::uint32_t value);
void appendU64(Bytes& out, std::uint64_t value);
void appendI64(Bytes& out, std::int64_t value);
void appendSized(Bytes& out, BytesView bytes);  // length in 4 bytes, then the bytes
void append(Bytes& out, Version version);
void append(Bytes& out, LogPosition position);
void putU32(Bytes& out, std::size_t at, std::uint32_t value);  // over 4 bytes that are there
void putU64(Bytes& out, std::size_t at, std::uint64_t value);  // over 8 bytes that are there

// Reads from the front. Past the end every number is 0 and ok() is false from then on.
class LittleEndianReader {
 public:
  explicit LittleEndianReader(BytesView bytes) : rest_(bytes) {}

  std::uint8_t u8() { return static_cast<std::uint8_t>(number(1)); }
  std::uint16_t u16() { return static_cast<std::uint16_t>(number(2)); }
  std::uint32_t u32() { return static_cast<std::uint32_t>(number(4)); }
  std::uint64_t u64() { return number(8); }
  std::int64_t i64() { return static_cast<std::int64_t>(number(8)); }
  BytesView bytes(std::size_t length);
  BytesView sized();
  Version version();
  LogPosition position();

  BytesView rest() const { return rest_; }
  bool ok() const { return ok_; }
  bool atEnd() const { return rest_.empty(); }

 private:
  std::uint64_t number(std::size_t width);

  BytesView rest_;
  bool ok_ = true;
};

}  // namespace henge::storage
