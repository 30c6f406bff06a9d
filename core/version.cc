#include "core/version.h"

#include <charconv>

namespace henge {

std::string toString(Version version) {
  char hex[16];
  auto end = std::to_chars(hex, hex + sizeof hex, version.writer, 16).ptr;
  return std::to_string(version.timestamp) + "/" + std::string(hex, end);
}

}  // namespace henge
