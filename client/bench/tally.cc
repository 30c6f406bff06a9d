#include "client/bench/tally.h"

#include <algorithm>
#include <utility>

namespace henge::bench {

void Tally::onDone(OpKind kind, Duration latency) {
  const auto micros = static_cast<std::uint64_t>(std::max<std::int64_t>(latency.micros, 0));
  kinds_[static_cast<std::size_t>(kind)].micros.add(micros);
  second_.add(micros);
}

void Tally::onError(OpKind kind, const std::string& errorKind, const std::string& message) {
  ++kinds_[static_cast<std::size_t>(kind)].errors;
  ++secondErrors_;
  ErrorTally& errors = errors_[errorKind];
  ++errors.count;
  if (errors.first.size() < errorsShown) errors.first.push_back(message);
}

std::uint64_t Tally::done() const {
  std::uint64_t sum = 0;
  for (const KindTally& kind : kinds_) sum += kind.micros.count();
  return sum;
}

std::uint64_t Tally::failed() const {
  std::uint64_t sum = 0;
  for (const KindTally& kind : kinds_) sum += kind.errors;
  return sum;
}

SecondTally Tally::takeSecond() {
  const Histogram taken = std::exchange(second_, Histogram(6));
  SecondTally out;
  out.done = taken.count();
  out.errors = std::exchange(secondErrors_, 0);
  out.p50 = taken.quantile(500);
  out.p99 = taken.quantile(990);
  out.p999 = taken.quantile(999);
  return out;
}

}  // namespace henge::bench
