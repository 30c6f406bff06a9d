#include "wire/convert_request.h"

#include <algorithm>

#include "wire/convert_types.h"

namespace henge::wire {

namespace {

Breach checkLevel(const thrift::Consistency::type& in, bool isSet, Consistency& out) {
  if (!isSet) return std::nullopt;  // the default of core
  const std::optional<Consistency> level = toConsistency(rawNumber(in));
  if (!level) {
    return breachOf("consistency", "consistency is " + std::to_string(rawNumber(in)) +
                                       "; it is ONE (1), QUORUM (2) or ALL (3)");
  }
  out = *level;
  return std::nullopt;
}

Breach checkDeadline(const RequestRules& rules, std::int64_t deadlineMs, bool isSet,
                     MonoTime& out) {
  const std::int64_t asked = isSet ? deadlineMs : rules.limits.deadlineDefaultMs;
  if (asked <= 0) {
    return breachOf("deadlineMs",
                    "deadlineMs is " + std::to_string(asked) + "; it must be at least 1", 1);
  }
  out = rules.firstByte + Duration{std::min(asked, rules.limits.deadlineMaxMs) * 1000};
  return std::nullopt;
}

Breach checkRequestId(const thrift::RequestId& in, bool isSet, std::optional<RequestId>& out) {
  if (!isSet) return std::nullopt;
  if (!in.__isset.client || !in.__isset.sequence) {
    return breachOf("requestId", "a request id needs its client and its sequence");
  }
  out = RequestId{toUnsigned(in.client), toUnsigned(in.sequence), toUnsigned(in.firstIncomplete),
                  in.firstSent};
  return std::nullopt;
}

Breach checkVersion(const thrift::Version& in, bool isSet, std::optional<Version>& out) {
  if (!isSet) return std::nullopt;
  if (!in.__isset.timestamp || !in.__isset.writer) {
    return breachOf("version", "a version needs its timestamp and its writer");
  }
  if (in.timestamp <= 0) {
    return breachOf("version", "the version's timestamp is " + std::to_string(in.timestamp) +
                                   "; timestamp must be above 0");
  }
  out = toCore(in);
  return std::nullopt;
}

Breach checkSession(const Limits& limits, std::string& in, Bytes& out) {
  if (in.size() > limits.sessionBytesMax) {
    return breachOf("session",
                    "the session has " + std::to_string(in.size()) + " bytes; sessionBytesMax is " +
                        std::to_string(limits.sessionBytesMax),
                    limits.sessionBytesMax);
  }
  out = std::move(in);
  return std::nullopt;
}

Breach notYet(const std::string& what) { return breachOf(what, what + " is not yet supported"); }

// The first of the breaches, in the order of the arguments.
template <typename... More>
Breach firstOf(Breach breach, More... more) {
  if constexpr (sizeof...(More) == 0) {
    return breach;
  } else {
    return breach ? breach : firstOf(std::move(more)...);
  }
}

Breach checkKey(const Limits& limits, bool isSet, std::string& in, Bytes& out) {
  if (!isSet) return breachOf("key", "the key is missing");
  const Status status = henge::checkKey(limits, in);
  if (!status.ok()) return breachOf("key", status.error().message, limits.keyBytesMax);
  out = std::move(in);
  return std::nullopt;
}

Breach checkValue(const Limits& limits, bool isSet, std::string& in, Bytes& out) {
  if (!isSet) {
    return breachOf("value", "the value is missing; an empty value must be sent as such");
  }
  const Status status = henge::checkValue(limits, in);
  if (!status.ok()) return breachOf("value", status.error().message, limits.valueBytesMax);
  out = std::move(in);
  return std::nullopt;
}

// What put, remove and get have in common.
template <typename Request>
Breach checkContext(const RequestRules& rules, Request& in, RequestContext& out) {
  out.trace = in.trace;
  out.traceId = toUnsigned(in.traceId);
  out.receivedAt = rules.firstByte;
  return firstOf(checkLevel(in.consistency, in.__isset.consistency, out.level),
                 checkDeadline(rules, in.deadlineMs, in.__isset.deadlineMs, out.deadline),
                 checkRequestId(in.requestId, in.__isset.requestId, out.requestId),
                 checkSession(rules.limits, in.session, out.session),
                 in.features.empty() ? Breach() : notYet("feature " + in.features.front()));
}

template <typename Request>
void fillContext(const RequestContext& context, std::int64_t deadlineMs, Request& out) {
  out.__set_consistency(toThrift(context.level));
  out.__set_deadlineMs(deadlineMs);
  if (context.requestId) out.__set_requestId(toThrift(*context.requestId));
  if (!context.session.empty()) out.__set_session(context.session);
  if (context.trace) out.__set_trace(true);
  if (context.traceId != 0) out.__set_traceId(toSigned(context.traceId));
}

}  // namespace

Breach breachOf(const std::string& what, const std::string& message, std::int64_t limit) {
  thrift::InvalidRequest invalid;
  invalid.__set_field(what);
  invalid.__set_message(message);
  if (limit != 0) invalid.__set_limit(limit);
  return invalid;
}

Breach toCore(const RequestRules& rules, thrift::PutRequest& in, PutRequest& out) {
  out.kind = RecordKind::value;
  return firstOf(checkKey(rules.limits, in.__isset.key, in.key, out.key),
                 checkValue(rules.limits, in.__isset.value, in.value, out.value),
                 checkContext(rules, in, out.context),
                 checkVersion(in.version, in.__isset.version, out.version),
                 in.__isset.expiry ? notYet("expiry") : Breach());
}

Breach toCore(const RequestRules& rules, thrift::RemoveRequest& in, PutRequest& out) {
  out.kind = RecordKind::tombstone;
  return firstOf(checkKey(rules.limits, in.__isset.key, in.key, out.key),
                 checkContext(rules, in, out.context),
                 checkVersion(in.version, in.__isset.version, out.version));
}

Breach toCore(const RequestRules& rules, thrift::GetRequest& in, GetRequest& out) {
  return firstOf(checkKey(rules.limits, in.__isset.key, in.key, out.key),
                 checkContext(rules, in, out.context), in.__isset.asOf ? notYet("asOf") : Breach());
}

thrift::PutRequest toPut(const PutRequest& request, std::int64_t deadlineMs) {
  thrift::PutRequest out;
  out.__set_key(request.key);
  out.__set_value(request.value);
  fillContext(request.context, deadlineMs, out);
  if (request.version) out.__set_version(toThrift(*request.version));
  return out;
}

thrift::RemoveRequest toRemove(const PutRequest& request, std::int64_t deadlineMs) {
  thrift::RemoveRequest out;
  out.__set_key(request.key);
  fillContext(request.context, deadlineMs, out);
  if (request.version) out.__set_version(toThrift(*request.version));
  return out;
}

thrift::GetRequest toGet(const GetRequest& request, std::int64_t deadlineMs) {
  thrift::GetRequest out;
  out.__set_key(request.key);
  fillContext(request.context, deadlineMs, out);
  return out;
}

}  // namespace henge::wire
