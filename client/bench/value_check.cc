#include "client/bench/value_check.h"

#include <algorithm>
#include <cassert>
#include <fmt/format.h>

namespace henge::bench {

namespace {

std::uint64_t numberAt(BytesView bytes, std::size_t offset) {
  std::uint64_t out = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    out = out << 8 | static_cast<unsigned char>(bytes[offset + i]);
  }
  return out;
}

}  // namespace

Bytes checkedValue(const WriteId& id, std::size_t bytes) {
  assert(bytes >= checkedBytesMin);
  Bytes out;
  out.reserve(bytes);
  for (const std::uint64_t number : {id.run, id.key, id.sequence}) appendBigEndian64(out, number);
  Bytes rest(bytes - checkedBytesMin, '\0');
  for (std::size_t i = 0; i < rest.size(); ++i) {
    rest[i] = static_cast<char>('a' + (id.sequence + i) % 26);
  }
  appendBigEndian64(out, hash64OfParts({out, rest}));
  return out + rest;
}

std::optional<std::string> faultOf(BytesView value, std::uint64_t key, WriteId& id) {
  if (value.size() < checkedBytesMin) {
    return fmt::format("a value of {} bytes, too short to be one of a --verify run", value.size());
  }
  const std::uint64_t checksum =
      hash64OfParts({value.substr(0, 24), value.substr(checkedBytesMin)});
  if (numberAt(value, 24) != checksum) return "a value whose checksum does not fit its bytes";
  id = {numberAt(value, 0), numberAt(value, 8), numberAt(value, 16)};
  if (id.key != key) return fmt::format("the value of key {} under key {}", id.key, key);
  return std::nullopt;
}

void ReadFloor::onAcknowledged(std::uint64_t key, std::uint64_t sequence) {
  std::uint64_t& floor = acknowledged_[key];
  floor = std::max(floor, sequence);
}

std::uint64_t ReadFloor::floorOf(std::uint64_t key) const {
  const auto found = acknowledged_.find(key);
  return found == acknowledged_.end() ? 0 : found->second;
}

std::optional<std::string> ReadFloor::faultOf(const std::optional<Bytes>& value, std::uint64_t key,
                                              std::uint64_t floor) const {
  if (!value) {
    if (floor == 0) return std::nullopt;
    return fmt::format("key {} is gone; its write {} had been acknowledged", key, floor);
  }
  WriteId id;
  std::optional<std::string> fault = bench::faultOf(*value, key, id);
  const bool isOurs = !fault && id.run == run_;
  if (floor == 0 && !isOurs) return std::nullopt;  // from before: anybody's
  if (fault) return fault;
  if (isOurs && id.sequence >= floor) return std::nullopt;
  return fmt::format(
      "key {} was read back in time: write {} of {}, after write {} had been "
      "acknowledged",
      key, id.sequence, isOurs ? "this run" : "an earlier run", floor);
}

}  // namespace henge::bench
