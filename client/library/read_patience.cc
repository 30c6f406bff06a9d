#include "client/library/read_patience.h"

#include <algorithm>
#include <utility>

namespace henge::library {

void ReadPatience::onAnswered(Duration took) {
  young_.add(static_cast<std::uint64_t>(std::max<std::int64_t>(took.micros, 0)));
  if (young_.count() >= window / 2) old_ = std::exchange(young_, Histogram());
}

// The slower of both halves: a cluster that becomes slower is not asked twice for all it does.
std::optional<Duration> ReadPatience::p99() const {
  if (young_.count() + old_.count() < seenMin) return std::nullopt;
  std::uint64_t micros = old_.quantile(990);
  if (young_.count() >= seenMin || old_.count() == 0) {
    micros = std::max(micros, young_.quantile(990));
  }
  return std::max(Duration{static_cast<std::int64_t>(micros)}, least);
}

}  // namespace henge::library
