#include "wire/convert_answer.h"

namespace henge::wire {

thrift::PutAnswer toThrift(const PutAnswer& answer, const AnswerStamp& stamp) {
  thrift::PutAnswer out;
  out.__set_outcome(toThrift(answer.outcome));
  if (!answer.version.isNone()) out.__set_version(toThrift(answer.version));
  out.__set_superseded(answer.superseded);
  out.__set_acknowledged(answer.acknowledged);
  out.__set_needed(answer.needed);
  out.__set_replicas(answer.replicas);
  out.__set_acknowledgedBy(toThrift(answer.acknowledgedBy));
  out.__set_missed(toThrift(answer.missed));
  if (!answer.trace.empty()) out.__set_trace(answer.trace);
  out.__set_epoch(toSigned(stamp.epoch));
  out.__set_hybridTime(stamp.hybridTime);
  out.__set_node(toThrift(stamp.node));
  return out;
}

thrift::GetAnswer toThrift(GetAnswer answer, const AnswerStamp& stamp) {
  thrift::GetAnswer out;
  out.__set_found(answer.found());
  if (answer.record) {
    out.__set_version(toThrift(answer.record->version));
    out.__set_removed(answer.record->isTombstone());
    if (answer.record->expiryMicros != 0) out.__set_expiry(answer.record->expiryMicros);
  }
  if (answer.found()) {
    out.value = std::move(answer.record->value);
    out.__isset.value = true;
  }
  out.__set_acknowledged(answer.acknowledged);
  out.__set_needed(answer.needed);
  out.__set_replicas(answer.replicas);
  out.__set_answeredBy(toThrift(answer.answeredBy));
  out.__set_repaired(toThrift(answer.repaired));
  if (!answer.trace.empty()) out.__set_trace(answer.trace);
  out.__set_epoch(toSigned(stamp.epoch));
  out.__set_hybridTime(stamp.hybridTime);
  out.__set_node(toThrift(stamp.node));
  return out;
}

PutAnswer toCore(const thrift::PutAnswer& answer) {
  PutAnswer out;
  if (answer.__isset.outcome) out.outcome = toOutcome(rawNumber(answer.outcome));
  if (answer.__isset.version) out.version = toCore(answer.version);
  out.superseded = answer.superseded;
  out.acknowledged = answer.acknowledged;
  out.needed = answer.needed;
  out.replicas = answer.replicas;
  out.acknowledgedBy = toNodes(answer.acknowledgedBy);
  out.missed = toNodes(answer.missed);
  out.trace = answer.trace;
  return out;
}

GetAnswer toCore(thrift::GetAnswer& answer, const Bytes& key) {
  GetAnswer out;
  if (answer.__isset.version || answer.found) {
    Record& record = out.record.emplace();
    record.key = key;
    record.version = toCore(answer.version);
    record.kind = answer.found ? RecordKind::value : RecordKind::tombstone;
    record.expiryMicros = answer.expiry;
    if (answer.found) record.value = std::move(answer.value);
  }
  out.acknowledged = answer.acknowledged;
  out.needed = answer.needed;
  out.replicas = answer.replicas;
  out.answeredBy = toNodes(answer.answeredBy);
  out.repaired = toNodes(answer.repaired);
  out.trace = std::move(answer.trace);
  return out;
}

thrift::Unavailable unavailableOf(const RequestError& error, const AnswerStamp& stamp) {
  thrift::Unavailable out;
  out.__set_message(error.message);
  out.__set_needed(error.needed);
  out.__set_alive(error.alive);
  out.__set_missing(toThrift(error.missing));
  out.__set_epoch(toSigned(stamp.epoch));
  return out;
}

thrift::Timeout timeoutOf(const RequestError& error, const AnswerStamp& stamp) {
  thrift::Timeout out;
  out.__set_message(error.message);
  out.__set_needed(error.needed);
  out.__set_acknowledged(error.acknowledged);
  out.__set_missing(toThrift(error.missing));
  out.__set_epoch(toSigned(stamp.epoch));
  return out;
}

thrift::Overloaded overloadedOf(const RequestError& error, const AnswerStamp& stamp) {
  thrift::Overloaded out;
  out.__set_message(error.message);
  out.__set_retryAfterMs(error.retryAfterMs);
  out.__set_epoch(toSigned(stamp.epoch));
  return out;
}

thrift::InvalidRequest invalidOf(const RequestError& error) {
  thrift::InvalidRequest out;
  out.__set_message(error.message);
  if (error.limit != 0) out.__set_limit(error.limit);
  return out;
}

thrift::Rebuilding rebuildingOf(const RequestError& error) {
  thrift::Rebuilding out;
  out.__set_message(error.message);
  out.__set_nodes(toThrift(error.missing));
  return out;
}

namespace {

Failure failureWith(RequestErrorKind kind, const std::string& message) {
  Failure out;
  out.error.kind = kind;
  out.error.message = message;
  return out;
}

}  // namespace

Failure toCore(const thrift::Unavailable& exception) {
  Failure out = failureWith(RequestErrorKind::unavailable, exception.message);
  out.error.needed = exception.needed;
  out.error.alive = exception.alive;
  out.error.missing = toNodes(exception.missing);
  out.trace = exception.trace;
  if (exception.__isset.outcome) out.outcome = toOutcome(rawNumber(exception.outcome));
  return out;
}

Failure toCore(const thrift::Timeout& exception) {
  Failure out = failureWith(RequestErrorKind::timeout, exception.message);
  out.error.needed = exception.needed;
  out.error.acknowledged = exception.acknowledged;
  out.error.missing = toNodes(exception.missing);
  out.trace = exception.trace;
  if (exception.__isset.outcome) out.outcome = toOutcome(rawNumber(exception.outcome));
  if (exception.__isset.version) out.version = toCore(exception.version);
  return out;
}

Failure toCore(const thrift::Overloaded& exception) {
  Failure out = failureWith(RequestErrorKind::overloaded, exception.message);
  out.error.retryAfterMs = exception.retryAfterMs;
  out.trace = exception.trace;
  if (exception.__isset.outcome) out.outcome = toOutcome(rawNumber(exception.outcome));
  if (exception.__isset.version) out.version = toCore(exception.version);
  return out;
}

Failure toCore(const thrift::InvalidRequest& exception) {
  Failure out = failureWith(RequestErrorKind::invalidRequest, exception.message);
  out.error.limit = exception.limit;
  out.outcome = Outcome::surelyNotApplied;  // idl: nothing was done
  return out;
}

Failure toCore(const thrift::Rebuilding& exception) {
  Failure out = failureWith(RequestErrorKind::rebuilding, exception.message);
  out.error.missing = toNodes(exception.nodes);
  if (exception.__isset.outcome) out.outcome = toOutcome(rawNumber(exception.outcome));
  return out;
}

Failure reservedFailure(const std::string& message) {
  return failureWith(RequestErrorKind::unsupported, message);
}

}  // namespace henge::wire
