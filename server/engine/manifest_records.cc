#include "server/engine/manifest_records.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace henge::engine {

namespace {

constexpr std::size_t blockBytes = 32768;
constexpr std::size_t headerBytes = 7;
constexpr std::uint32_t maskDelta = 0xa282ead8;
enum Type : std::uint8_t { zero = 0, full = 1, first = 2, middle = 3, last = 4 };

constexpr std::array<std::uint32_t, 256> makeTable() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1) != 0 ? 0x82f63b78U : 0U);
    table[byte] = crc;
  }
  return table;
}

std::uint32_t maskedCrc32c(BytesView bytes) {
  static constexpr std::array<std::uint32_t, 256> table = makeTable();
  std::uint32_t crc = 0xffffffff;
  for (const char byte : bytes)
    crc = (crc >> 8) ^ table[(crc ^ static_cast<std::uint8_t>(byte)) & 255];
  crc = ~crc;
  return ((crc >> 15) | (crc << 17)) + maskDelta;
}

std::uint32_t numberAt(BytesView bytes, std::size_t at, std::size_t length) {
  std::uint32_t number = 0;
  for (std::size_t i = length; i > 0; --i)
    number = number << 8 | static_cast<std::uint8_t>(bytes[at + i - 1]);
  return number;
}

}  // namespace

std::size_t wholeRecordsOf(BytesView manifest) {
  std::size_t whole = 0;
  for (std::size_t at = 0; at + headerBytes <= manifest.size();) {
    const std::size_t blockEnd = at - at % blockBytes + blockBytes;
    if (blockEnd - at < headerBytes) {
      at = blockEnd;  // filled up with zeroes
      continue;
    }
    const std::size_t length = numberAt(manifest, at + 4, 2);
    const auto type = static_cast<std::uint8_t>(manifest[at + 6]);
    if (type == zero) return whole;
    if (type > last) return manifest.size();
    const std::size_t end = at + headerBytes + length;
    if (end > std::min(blockEnd, manifest.size())) return whole;
    if (maskedCrc32c(manifest.substr(at + 6, 1 + length)) != numberAt(manifest, at, 4))
      return whole;
    at = end;
    if (type == full || type == last) whole = end;
  }
  return whole;
}

}  // namespace henge::engine
