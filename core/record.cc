#include "core/record.h"

#include <cassert>

namespace henge {

namespace {

// What a record costs beside its bytes: its fixed fields and its place in a map.
constexpr std::size_t fixedBytes = 128;
constexpr std::size_t extensionFixedBytes = 64;

}  // namespace

std::size_t Record::bytes() const {
  std::size_t total = fixedBytes + key.size() + value.size();
  for (const auto& [number, extension] : extensions)
    total += extensionFixedBytes + extension.size();
  return total;
}

bool operator==(const Record& a, const Record& b) {
  return a.version == b.version && a.kind == b.kind && a.expiryMicros == b.expiryMicros &&
         a.key == b.key && a.value == b.value;
}

std::strong_ordering newness(const Record& a, const Record& b) {
  const auto order = newnessOfHeads(a, b);
  return order != 0 ? order : a.value <=> b.value;
}

std::strong_ordering newnessOfHeads(const Record& a, const Record& b) {
  assert(a.key == b.key);
  if (auto order = a.version <=> b.version; order != 0) return order;
  if (auto order = a.isTombstone() <=> b.isTombstone(); order != 0) return order;
  // "Never" is a step of its own: else it would tie with the last microsecond there is.
  if (auto order = (a.expiryMicros == 0) <=> (b.expiryMicros == 0); order != 0) return order;
  return a.expiryMicros <=> b.expiryMicros;
}

std::uint64_t digestOf(const Record& record) {
  char head[9];
  head[0] = static_cast<char>(record.kind);
  auto expiry = static_cast<std::uint64_t>(record.expiryMicros);
  for (int i = 0; i < 8; ++i) head[1 + i] = static_cast<char>(expiry >> (8 * i));
  return hash64OfParts({BytesView(head, sizeof head), record.value});
}

}  // namespace henge
