#include "client/library/retry_policy.h"

#include <algorithm>

#include "wire/backoff.h"

namespace henge::library {

namespace {

constexpr Duration patienceLeast = 50_ms;

Duration pauseAfter(int attempts, ports::Random& random) {
  Duration whole = pauseLeast;
  for (int i = 1; i < attempts && whole < pauseMost; ++i) whole = whole * 2;
  return wire::Backoff::jittered(std::min(whole, pauseMost), random);
}

// All who were refused at one moment should not return at one moment, and none too early.
Duration lengthened(Duration asked, ports::Random& random) {
  const auto half = static_cast<std::uint64_t>(std::max<std::int64_t>(asked.micros / 2, 1));
  return asked + Duration{static_cast<std::int64_t>(random.below(half))};
}

}  // namespace

NextStep nextStep(const RetryFacts& facts, ports::Random& random) {
  using Kind = NextStep::Kind;
  if (facts.end == AttemptEnd::refused || facts.attempts >= attemptsMax) return {};
  const bool wasSent = facts.end != AttemptEnd::notSent;
  if (wasSent && (!facts.isAllowed || !facts.hasBudget)) return {};
  if (facts.end == AttemptEnd::unavailable) {
    return {facts.hasUntried ? Kind::now : Kind::giveUp, {}};
  }
  if (facts.end == AttemptEnd::overloaded) {
    const Duration pause = pauseAfter(facts.attempts, random);
    return {Kind::later, std::max(pause, lengthened(facts.retryAfter, random))};
  }
  if (facts.hasUntried) return {Kind::now, {}};
  return {Kind::later, pauseAfter(facts.attempts, random)};
}

Duration patienceOf(Duration left) { return std::max(Duration{left.micros / 2}, patienceLeast); }

}  // namespace henge::library
