#include "tests/sim/oracle/client_op.h"

#include <algorithm>

namespace henge::sim {

namespace {

// A byte of a hash (splitmix64) of both.
char mixed(std::uint64_t id, std::uint64_t place) {
  std::uint64_t x = id * 0x9e3779b97f4a7c15 + place;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return static_cast<char>(x >> 56);
}

}  // namespace

// Mostly a pattern, so that it can be compressed; every sixteenth byte is like that of no other
// value: else what an old record left in a segment could be the end of a new one that was not
// written to its end.
Bytes valueOf(std::uint64_t id, std::size_t bytes) {
  Bytes value(std::max(bytes, valueBytesMin), '\0');
  for (std::size_t i = 0; i < value.size(); ++i) {
    value[i] = i < valueBytesMin ? static_cast<char>(id >> (8 * i))
               : i % 16 == 0     ? mixed(id, i)
                                 : static_cast<char>(id * 31 + i * 7);
  }
  return value;
}

std::uint64_t putOf(BytesView value) {
  if (value.size() < valueBytesMin) return 0;
  std::uint64_t id = 0;
  for (std::size_t i = 0; i < valueBytesMin; ++i) {
    id |= static_cast<std::uint64_t>(static_cast<unsigned char>(value[i])) << (8 * i);
  }
  return id;
}

}  // namespace henge::sim
