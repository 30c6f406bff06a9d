#include "server/coordinator/request_errors.h"

#include <algorithm>

namespace henge::coordinator {
namespace {

std::string orElse(const std::string& message, std::string_view otherwise) {
  return message.empty() ? std::string(otherwise) : message;
}

std::string tooFew(int alive, int needed) {
  return std::to_string(alive) + " of the key's replicas up, " + std::to_string(needed) + " needed";
}

RequestError unavailableWith(int needed, int alive, std::vector<NodeId> missing) {
  RequestError error;
  error.kind = RequestErrorKind::unavailable;
  error.message = tooFew(alive, needed);
  error.needed = needed;
  error.alive = alive;
  error.missing = std::move(missing);
  return error;
}

// The error that stands for a refusal all replicas agree on; nullopt: it is between nodes only.
std::optional<RequestErrorKind> kindOf(Refusal refusal) {
  switch (refusal) {
    case Refusal::overloaded:
    case Refusal::diskFull:
      return RequestErrorKind::overloaded;
    case Refusal::stamp:
    case Refusal::invalid:
      return RequestErrorKind::invalidRequest;
    case Refusal::expired:
      return RequestErrorKind::timeout;
    case Refusal::none:
    case Refusal::staleEpoch:
    case Refusal::notOwner:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

DropOut dropOutOf(NodeId node, const ApplyReply& reply) {
  switch (reply.outcome) {
    case ApplyOutcome::refused:
      return {node, reply.refusal, true, orElse(reply.message, nameOf(reply.refusal))};
    case ApplyOutcome::rebuilding:
      return {node, Refusal::none, true, "rebuilding"};
    case ApplyOutcome::unreachable:
      return {node, Refusal::none, !reply.sent, orElse(reply.message, "unreachable")};
    case ApplyOutcome::failed:
    case ApplyOutcome::applied:
    case ApplyOutcome::superseded:
      break;
  }
  return {node, Refusal::none, false, orElse(reply.message, "failed")};
}

DropOut dropOutOf(NodeId node, const FetchReply& reply) {
  if (reply.outcome == FetchOutcome::refused) {
    return {node, reply.refusal, true, orElse(reply.message, nameOf(reply.refusal))};
  }
  const bool rebuilding = reply.outcome == FetchOutcome::rebuilding;
  return {node, Refusal::none, true,
          rebuilding ? "rebuilding" : orElse(reply.message, "unreachable")};
}

RequestError invalid(std::string message, std::int64_t limit) {
  RequestError error;
  error.kind = RequestErrorKind::invalidRequest;
  error.message = std::move(message);
  error.limit = limit;
  return error;
}

RequestError overloaded(std::string message) {
  RequestError error;
  error.kind = RequestErrorKind::overloaded;
  error.message = std::move(message);
  error.retryAfterMs = retryAfterMs;
  return error;
}

RequestError expiredBefore(int needed) {
  RequestError error;
  error.kind = RequestErrorKind::timeout;
  error.message = "the deadline had passed before anything was done";
  error.needed = needed;
  return error;
}

RequestError unavailable(const WritePlan& plan) {
  return unavailableWith(plan.required, static_cast<int>(plan.live.size()), plan.missing);
}

RequestError unavailable(const ReadPlan& plan) {
  return unavailableWith(plan.required, static_cast<int>(plan.order.size()), plan.missing);
}

RequestError timedOut(std::string_view what, int needed, int acknowledged,
                      std::vector<NodeId> missing, const std::vector<DropOut>& dropOuts) {
  RequestError error;
  error.kind = RequestErrorKind::timeout;
  error.message = std::string(what) + ": " + std::to_string(acknowledged) + " of the " +
                  std::to_string(needed) + " needed";
  for (const DropOut& dropOut : dropOuts) {
    error.message += "; " + toString(dropOut.node) + ": " + dropOut.why;
  }
  error.needed = needed;
  error.acknowledged = acknowledged;
  error.missing = std::move(missing);
  return error;
}

RequestError refusedByAll(const std::vector<DropOut>& dropOuts, int needed,
                          std::vector<NodeId> missing) {
  const Refusal first = dropOuts.empty() ? Refusal::none : dropOuts.front().refusal;
  const bool agreed = std::all_of(dropOuts.begin(), dropOuts.end(),
                                  [first](const DropOut& d) { return d.refusal == first; });
  const auto kind = agreed ? kindOf(first) : std::nullopt;
  if (!kind) {
    RequestError error = unavailableWith(needed, 0, std::move(missing));
    error.message = "too few replicas can serve it";
    for (const DropOut& d : dropOuts) error.message += "; " + toString(d.node) + ": " + d.why;
    return error;
  }
  RequestError error;
  error.kind = *kind;
  error.message = dropOuts.front().why;
  error.needed = needed;
  error.missing = std::move(missing);
  if (*kind == RequestErrorKind::overloaded) error.retryAfterMs = retryAfterMs;
  return error;
}

std::optional<RequestError> checkCommon(const RequestContext& context, BytesView key,
                                        const Limits& limits, MonoTime now, int replicas) {
  if (now >= context.deadline) return expiredBefore(requiredOf(context.level, replicas));
  if (const Status status = checkKey(limits, key); !status.ok()) {
    return invalid(status.error().message, limits.keyBytesMax);
  }
  if (context.session.size() > limits.sessionBytesMax) {
    return invalid("the session token has " + std::to_string(context.session.size()) +
                       " bytes, the limit is " + std::to_string(limits.sessionBytesMax),
                   limits.sessionBytesMax);
  }
  return std::nullopt;
}

}  // namespace henge::coordinator
