#include "core/limits.h"

#include <string>

namespace henge {

namespace {

Status checkSize(std::string_view what, std::size_t bytes, std::string_view limit,
                 std::uint32_t bytesMax) {
  if (bytes <= bytesMax) return {};
  return Error{ErrorKind::invalidRequest,
               "the " + std::string(what) + " has " + std::to_string(bytes) + " bytes; " +
                   std::string(limit) + " is " + std::to_string(bytesMax)};
}

}  // namespace

Status checkKey(const Limits& limits, BytesView key) {
  if (key.empty()) {
    return Error{ErrorKind::invalidRequest, "the key has 0 bytes; it must have 1 to " +
                                                std::to_string(limits.keyBytesMax) +
                                                " (keyBytesMax)"};
  }
  return checkSize("key", key.size(), "keyBytesMax", limits.keyBytesMax);
}

Status checkValue(const Limits& limits, BytesView value) {
  return checkSize("value", value.size(), "valueBytesMax", limits.valueBytesMax);
}

}  // namespace henge
