#include "core/ids.h"

#include "core/bytes.h"

namespace henge {

namespace {

std::string hex16(std::uint64_t value) {
  Bytes bytes;
  appendBigEndian64(bytes, value);
  return toHex(bytes);
}

}  // namespace

std::string toString(NodeId node) { return "n" + std::to_string(node.value); }

std::string toString(ClusterId id) { return hex16(id.value); }

std::string toString(DirectoryId id) { return hex16(id.value); }

std::string toString(LogPosition position) {
  return std::to_string(position.segment) + ":" + std::to_string(position.offset);
}

}  // namespace henge
