#include "client/bench/tally.h"

#include <algorithm>
#include <utility>

namespace henge::bench {

void Span::onDone(std::uint64_t micros) {
  micros_.add(micros);
  if (micros > static_cast<std::uint64_t>(slowAbove.micros)) ++slow_;
}

SpanTally Span::take() {
  const Histogram taken = std::exchange(micros_, Histogram(6));
  SpanTally out;
  out.done = taken.count();
  out.errors = std::exchange(errors_, 0);
  out.p50 = taken.quantile(500);
  out.p99 = taken.quantile(990);
  out.p999 = taken.quantile(999);
  out.max = taken.greatest();
  out.slow = std::exchange(slow_, 0);
  return out;
}

void Tally::onDone(OpKind kind, Duration latency) {
  const auto micros = static_cast<std::uint64_t>(std::max<std::int64_t>(latency.micros, 0));
  kinds_[static_cast<std::size_t>(kind)].micros.add(micros);
  second_.onDone(micros);
  report_.onDone(micros);
}

void Tally::onError(OpKind kind, const std::string& errorKind, const std::string& message) {
  ++kinds_[static_cast<std::size_t>(kind)].errors;
  second_.onError();
  report_.onError();
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

}  // namespace henge::bench
