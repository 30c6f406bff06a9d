#include "server/engine/table_spans.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace henge::engine {

namespace {

constexpr std::size_t digits = 8;  // bytes of a key that are weighed, behind the common prefix

std::size_t commonPrefix(BytesView a, BytesView b) {
  const auto [end, other] = std::ranges::mismatch(a, b);
  return static_cast<std::size_t>(end - a.begin());
}

// The bytes behind `prefix` as a fraction in base 256.
double fractionOf(BytesView key, std::size_t prefix) {
  double fraction = 0;
  for (std::size_t i = 0; i < digits && prefix + i < key.size(); ++i) {
    fraction += static_cast<unsigned char>(key[prefix + i]) * std::pow(256, -double(i + 1));
  }
  return fraction;
}

// How much of the span lies below `key`: 0 … 1. Precondition: first < key ≤ last.
double below(const TableSpan& span, BytesView key) {
  const std::size_t prefix = commonPrefix(span.first, span.last);
  const double first = fractionOf(span.first, prefix);
  const double width = fractionOf(span.last, prefix) - first;
  return width <= 0 ? 0.5 : std::clamp((fractionOf(key, prefix) - first) / width, 0.0, 1.0);
}

double shareBelow(const TableSpan& span, BytesView key) {
  if (key <= span.first) return 0;
  return key > span.last ? 1 : below(span, key);
}

}  // namespace

TableSpans::TableSpans(std::vector<TableSpan> spans) : spans_(std::move(spans)) {
  for (const TableSpan& span : spans_) bytes_ += static_cast<double>(span.bytes);
}

double TableSpans::shareOf(BytesView from, BytesView to) const {
  double within = 0;
  for (const TableSpan& span : spans_) {
    const double end = to.empty() ? 1 : shareBelow(span, to);
    within += std::max(0.0, end - shareBelow(span, from)) * static_cast<double>(span.bytes);
  }
  return bytes_ > 0 ? within / bytes_ : 0;
}

}  // namespace henge::engine
