// Whether a request is sent again after an attempt has failed, and when. Pure.
#pragma once

#include <cstdint>

#include "core/time.h"
#include "server/ports/random.h"

namespace henge::library {

// How an attempt came to nothing.
enum class AttemptEnd : std::uint8_t {
  notSent,      // no byte of it left
  lost,         // the connection went with the request on it
  unavailable,  // the node saw too few live replicas
  timeout,      // the node's own deadline passed
  overloaded,
  rebuilding,
  refused,  // a rule is broken, or not known there: no node will say anything else
};

struct RetryFacts {
  AttemptEnd end = AttemptEnd::notSent;
  int attempts = 1;        // made so far
  bool isAllowed = true;   // by the caller
  bool hasBudget = true;   // for one more resend
  bool hasUntried = true;  // a node that is up has not been asked yet
  Duration retryAfter{};   // overloaded: what the node asks for
};

struct NextStep {
  enum class Kind : std::uint8_t { giveUp, now, later } kind = Kind::giveUp;
  Duration wait;  // later
  friend bool operator==(const NextStep&, const NextStep&) = default;
};

inline constexpr int attemptsMax = 8;
inline constexpr Duration pauseLeast = 10_ms;
inline constexpr Duration pauseMost = 500_ms;

//   refused                      never: every node would say the same
//   sent, and the caller forbids or the budget is used up    no more
//   unavailable                  each other node is asked once, since it may see more; then no more
//   overloaded                   after what the node asks for, or a pause if that is longer
//   all others                   at once if there is a node not asked yet; else after a pause
// A pause doubles with each attempt from pauseLeast to pauseMost; of each, between a half and the
// whole by chance. What a node asks for is only lengthened, by up to a half.
NextStep nextStep(const RetryFacts& facts, ports::Random& random);

// How long an attempt is waited for before another node is asked beside it: half of what is left,
// but not less than 50 ms.
Duration patienceOf(Duration left);

}  // namespace henge::library
