// Answers and exceptions of store.thrift ↔ core. Private to wire: generated headers are in it.
#pragma once

#include <optional>
#include <thrift_gen/Store.h>

#include "core/request.h"
#include "wire/convert_types.h"

namespace henge::wire {

// What the answering node adds to every answer.
struct AnswerStamp {
  NodeId node;
  std::uint64_t epoch = 0;
  std::int64_t hybridTime = 0;
};

thrift::PutAnswer toThrift(const PutAnswer& answer, const AnswerStamp& stamp);
thrift::GetAnswer toThrift(GetAnswer answer, const AnswerStamp& stamp);

PutAnswer toCore(const thrift::PutAnswer& answer);
GetAnswer toCore(thrift::GetAnswer& answer, const Bytes& key);

thrift::Unavailable unavailableOf(const RequestError& error, const AnswerStamp& stamp);
thrift::Timeout timeoutOf(const RequestError& error, const AnswerStamp& stamp);
thrift::Overloaded overloadedOf(const RequestError& error, const AnswerStamp& stamp);
thrift::InvalidRequest invalidOf(const RequestError& error);
thrift::Rebuilding rebuildingOf(const RequestError& error);

// The typed exception for `error`, in a generated X_result of put, remove or get. `put`: what
// became of the write goes along; nullptr for a get. `trace`: empty if nobody asked for it. (Thrift
// 0.17 declares setters for an X_result and defines none: fields are set by hand.)
template <typename Result>
void setError(const RequestError& error, const PutAnswer* put, const std::string& trace,
              const AnswerStamp& stamp, Result& out) {
  switch (error.kind) {
    case RequestErrorKind::unavailable:
      out.unavailable = unavailableOf(error, stamp);
      out.__isset.unavailable = true;
      if (!trace.empty()) out.unavailable.__set_trace(trace);
      if (put != nullptr) out.unavailable.__set_outcome(toThrift(put->outcome));
      break;
    case RequestErrorKind::timeout:
      out.timeout = timeoutOf(error, stamp);
      out.__isset.timeout = true;
      if (!trace.empty()) out.timeout.__set_trace(trace);
      if (put != nullptr) out.timeout.__set_outcome(toThrift(put->outcome));
      if (put != nullptr && !put->version.isNone()) {
        out.timeout.__set_version(toThrift(put->version));
      }
      break;
    case RequestErrorKind::overloaded:
      out.overloaded = overloadedOf(error, stamp);
      out.__isset.overloaded = true;
      if (!trace.empty()) out.overloaded.__set_trace(trace);
      if (put != nullptr) out.overloaded.__set_outcome(toThrift(put->outcome));
      if (put != nullptr && !put->version.isNone()) {
        out.overloaded.__set_version(toThrift(put->version));
      }
      break;
    case RequestErrorKind::invalidRequest:
    case RequestErrorKind::unsupported:
      out.invalid = invalidOf(error);
      out.__isset.invalid = true;
      break;
    case RequestErrorKind::rebuilding:
      out.rebuilding = rebuildingOf(error);
      out.__isset.rebuilding = true;
      if (put != nullptr) out.rebuilding.__set_outcome(toThrift(put->outcome));
      break;
  }
}

// What an exception says: the error, and of a write also what became of it.
struct Failure {
  RequestError error;
  Outcome outcome = Outcome::unknown;
  Version version;
  std::string trace;
};
Failure toCore(const thrift::Unavailable& exception);
Failure toCore(const thrift::Timeout& exception);
Failure toCore(const thrift::Overloaded& exception);
Failure toCore(const thrift::InvalidRequest& exception);
Failure toCore(const thrift::Rebuilding& exception);
Failure reservedFailure(const std::string& message);

// The exception in a generated X_result of put, remove or get; nullopt: there is none.
template <typename Result>
std::optional<Failure> failureOf(const Result& result) {
  if (result.__isset.unavailable) return toCore(result.unavailable);
  if (result.__isset.timeout) return toCore(result.timeout);
  if (result.__isset.overloaded) return toCore(result.overloaded);
  if (result.__isset.invalid) return toCore(result.invalid);
  if (result.__isset.rebuilding) return toCore(result.rebuilding);
  if (result.__isset.notYet) return reservedFailure(result.notYet.message);
  if (result.__isset.tooOld) return reservedFailure(result.tooOld.message);
  if (result.__isset.staleEpoch) return reservedFailure(result.staleEpoch.message);
  if (result.__isset.sessionClosed) return reservedFailure(result.sessionClosed.message);
  if (result.__isset.suspect) return reservedFailure(result.suspect.message);
  return std::nullopt;
}

}  // namespace henge::wire
