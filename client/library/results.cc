#include "client/library/results.h"

#include <utility>

namespace henge::library {

namespace {

FailureKind kindOf(RequestErrorKind kind) {
  switch (kind) {
    case RequestErrorKind::unavailable:
      return FailureKind::unavailable;
    case RequestErrorKind::timeout:
      return FailureKind::timeout;
    case RequestErrorKind::overloaded:
      return FailureKind::overloaded;
    case RequestErrorKind::invalidRequest:
      return FailureKind::invalidRequest;
    case RequestErrorKind::rebuilding:
      return FailureKind::rebuilding;
    case RequestErrorKind::unsupported:
      return FailureKind::unsupported;
  }
  return FailureKind::unsupported;
}

// Nothing of it, but for a write that may have been done.
std::string doubt(const Attempts& attempts, bool isWrite) {
  return isWrite && attempts.mayHaveHappened() ? "; the write may have been done, or be done yet"
                                               : "";
}

}  // namespace

PutResult resultOf(PutAnswer answer) {
  PutResult out;
  out.outcome = answer.outcome;
  out.version = answer.version;
  out.superseded = answer.superseded;
  out.acknowledged = answer.acknowledged;
  out.needed = answer.needed;
  out.replicas = answer.replicas;
  out.trace = std::move(answer.trace);
  return out;
}

GetResult resultOf(GetAnswer answer) {
  GetResult out;
  if (answer.record) {
    out.version = answer.record->version;
    out.removed = answer.record->isTombstone();
    if (!out.removed) out.value = std::move(answer.record->value);
  }
  out.acknowledged = answer.acknowledged;
  out.needed = answer.needed;
  out.replicas = answer.replicas;
  out.trace = std::move(answer.trace);
  return out;
}

AttemptEnd endOf(RequestErrorKind kind) {
  switch (kind) {
    case RequestErrorKind::unavailable:
      return AttemptEnd::unavailable;
    case RequestErrorKind::timeout:
      return AttemptEnd::timeout;
    case RequestErrorKind::overloaded:
      return AttemptEnd::overloaded;
    case RequestErrorKind::rebuilding:
      return AttemptEnd::rebuilding;
    case RequestErrorKind::invalidRequest:
    case RequestErrorKind::unsupported:
      return AttemptEnd::refused;
  }
  return AttemptEnd::refused;
}

Failure failureOf(const RequestError& error, const Attempts& attempts, bool isWrite) {
  Failure out;
  out.kind = kindOf(error.kind);
  out.needed = error.needed;
  out.alive = error.alive;
  out.acknowledged = error.acknowledged;
  out.limit = error.limit;
  out.tried = attempts.tried();
  out.message = error.message;
  if (out.tried.size() > 1) out.message += " (" + toString(out.tried) + ")";
  // A node's own words of a timeout say it already.
  if (error.kind != RequestErrorKind::timeout) out.message += doubt(attempts, isWrite);
  return out;
}

Failure silenceOf(const Attempts& attempts, const std::vector<Tried>& whyDown, bool isWrite) {
  Failure out;
  out.tried = attempts.tried();
  if (out.tried.empty()) {
    out.tried = whyDown;
    out.message = "no node could be reached";
  } else if (attempts.mayHaveHappened()) {
    out.kind = FailureKind::timeout;
    out.message = "no answer";
  } else {
    out.message = "no node took the request";
  }
  if (!out.tried.empty()) out.message += ": " + toString(out.tried);
  out.message += doubt(attempts, isWrite);
  return out;
}

Outcome outcomeOf(const Attempts& attempts) {
  return attempts.mayHaveHappened() ? Outcome::unknown : Outcome::surelyNotApplied;
}

}  // namespace henge::library
