#include "server/storage/little_endian.h"

#include <cassert>

namespace henge::storage {

namespace {

void appendNumber(Bytes& out, std::uint64_t value, int width) {
  char bytes[8];
  for (int i = 0; i < width; ++i) bytes[i] = static_cast<char>(value >> (8 * i));
  out.append(bytes, static_cast<std::size_t>(width));
}

}  // namespace

void appendU8(Bytes& out, std::uint8_t value) { appendNumber(out, value, 1); }
void appendU16(Bytes& out, std::uint16_t value) { appendNumber(out, value, 2); }
void appendU32(Bytes& out, std::uint32_t value) { appendNumber(out, value, 4); }
void appendU64(Bytes& out, std::uint64_t value) { appendNumber(out, value, 8); }
void appendI64(Bytes& out, std::int64_t value) {
  appendNumber(out, static_cast<std::uint64_t>(value), 8);
}

void appendSized(Bytes& out, BytesView bytes) {
  assert(bytes.size() <= UINT32_MAX);
  appendU32(out, static_cast<std::uint32_t>(bytes.size()));
  out.append(bytes);
}

void append(Bytes& out, Version version) {
  appendI64(out, version.timestamp);
  appendU64(out, version.writer);
}

void append(Bytes& out, LogPosition position) {
  appendU64(out, position.segment);
  appendU64(out, position.offset);
}

void putU32(Bytes& out, std::size_t at, std::uint32_t value) {
  assert(at + 4 <= out.size());
  for (std::size_t i = 0; i < 4; ++i) out[at + i] = static_cast<char>(value >> (8 * i));
}

void putU64(Bytes& out, std::size_t at, std::uint64_t value) {
  assert(at + 8 <= out.size());
  for (std::size_t i = 0; i < 8; ++i) out[at + i] = static_cast<char>(value >> (8 * i));
}

BytesView LittleEndianReader::bytes(std::size_t length) {
  if (length > rest_.size()) {
    ok_ = false;
    rest_ = {};
    return {};
  }
  BytesView taken = rest_.substr(0, length);
  rest_.remove_prefix(length);
  return taken;
}

BytesView LittleEndianReader::sized() {
  std::uint32_t length = u32();
  return bytes(length);
}

Version LittleEndianReader::version() {
  Version version;
  version.timestamp = i64();
  version.writer = u64();
  return version;
}

LogPosition LittleEndianReader::position() {
  LogPosition position;
  position.segment = u64();
  position.offset = u64();
  return position;
}

std::uint64_t LittleEndianReader::number(std::size_t width) {
  BytesView taken = bytes(width);
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < taken.size(); ++i)
    value |= static_cast<std::uint64_t>(static_cast<unsigned char>(taken[i])) << (8 * i);
  return value;
}

}  // namespace henge::storage
