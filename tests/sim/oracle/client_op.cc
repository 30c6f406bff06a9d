#include "tests/sim/oracle/client_op.h"

#include <algorithm>

namespace henge::sim {

Bytes valueOf(std::uint64_t id, std::size_t bytes) {
  Bytes value(std::max(bytes, valueBytesMin), '\0');
  for (std::size_t i = 0; i < value.size(); ++i) {
    value[i] =
        i < valueBytesMin ? static_cast<char>(id >> (8 * i)) : static_cast<char>(id * 31 + i * 7);
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
