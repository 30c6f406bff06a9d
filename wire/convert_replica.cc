#include "wire/convert_replica.h"

#include "core/record.h"

namespace henge::wire {

namespace {

// The numbers of core's enums are the IDL's numbers.
static_assert(static_cast<int>(Source::restore) == thrift::Source::RESTORE);
static_assert(static_cast<int>(ApplyOutcome::failed) == thrift::ApplyOutcome::FAILED);
static_assert(static_cast<int>(FetchOutcome::rebuilding) == thrift::FetchOutcome::REBUILDING);
static_assert(static_cast<int>(Refusal::invalid) == thrift::Refusal::INVALID);

template <typename Wire, typename Core>
typename Wire::type sameNumber(Core value) {
  return static_cast<typename Wire::type>(static_cast<int>(value));
}

template <typename Enum>
Refusal refusalOf(const Enum& field) {
  const int number = rawNumber(field);
  const bool isKnown = number >= 0 && number <= static_cast<int>(Refusal::invalid);
  return isKnown ? static_cast<Refusal>(number) : Refusal::invalid;
}

// What the answering node's clock cannot have measured is as if it had not been told.
template <typename Answer>
ReplicaTimes timesOf(const Answer& answer) {
  ReplicaTimes times;
  if (answer.__isset.receivedAt && answer.__isset.sentAt && answer.sentAt >= answer.receivedAt &&
      answer.receivedAt >= 0) {
    times.had = Duration{answer.sentAt - answer.receivedAt};
  }
  if (answer.__isset.storageMicros && answer.storageMicros >= 0) {
    times.storage = Duration{answer.storageMicros};
  }
  return times;
}

}  // namespace

thrift::ApplyRequest toThrift(ApplyRequest request) {
  thrift::ApplyRequest out;
  out.row = toRow(std::move(request.record), true);
  out.__isset.row = true;
  out.__set_source(sameNumber<thrift::Source>(request.source));
  out.__set_dispatchedAt(request.dispatchedAtMicros);
  out.__set_epoch(toSigned(request.epoch));
  if (request.traceId != 0) out.__set_traceId(toSigned(request.traceId));
  return out;
}

thrift::FetchRequest toThrift(FetchRequest request) {
  thrift::FetchRequest out;
  out.key = std::move(request.key);
  out.__isset.key = true;
  out.__set_withValue(request.withValue);
  out.__set_epoch(toSigned(request.epoch));
  if (request.traceId != 0) out.__set_traceId(toSigned(request.traceId));
  return out;
}

std::optional<std::string> toCore(thrift::ApplyRequest& in, ApplyRequest& out) {
  if (!in.__isset.row) return "an apply without a row";
  if (!in.__isset.epoch) return "an apply without an epoch";
  const int source = in.__isset.source ? rawNumber(in.source) : 0;
  if (source < thrift::Source::CLIENT || source > thrift::Source::RESTORE) {
    return "an apply of an unknown source";
  }
  out.source = static_cast<Source>(source);
  out.epoch = toUnsigned(in.epoch);
  out.dispatchedAtMicros = in.dispatchedAt;
  out.traceId = toUnsigned(in.traceId);
  return toRecord(in.row, false, out.record);
}

std::optional<std::string> toCore(thrift::FetchRequest& in, FetchRequest& out) {
  if (!in.__isset.key || in.key.empty()) return "a fetch without a key";
  if (!in.__isset.epoch) return "a fetch without an epoch";
  out.key = std::move(in.key);
  out.withValue = !in.__isset.withValue || in.withValue;
  out.epoch = toUnsigned(in.epoch);
  out.traceId = toUnsigned(in.traceId);
  return std::nullopt;
}

thrift::ApplyAnswer toThrift(const ApplyReply& reply) {
  thrift::ApplyAnswer out;
  // `unreachable` is never said by the one who was reached.
  const ApplyOutcome outcome =
      reply.outcome == ApplyOutcome::unreachable ? ApplyOutcome::failed : reply.outcome;
  out.__set_outcome(sameNumber<thrift::ApplyOutcome>(outcome));
  if (reply.refusal != Refusal::none) {
    out.__set_refusal(sameNumber<thrift::Refusal>(reply.refusal));
  }
  if (!reply.held.isNone()) out.__set_held(toThrift(reply.held));
  if (reply.alreadyHeld) out.__set_alreadyHeld(true);
  if (!reply.message.empty()) out.__set_message(reply.message);
  if (reply.times.storage) out.__set_storageMicros(reply.times.storage->micros);
  return out;
}

thrift::FetchAnswer toThrift(FetchReply reply) {
  thrift::FetchAnswer out;
  const FetchOutcome outcome =
      reply.outcome == FetchOutcome::unreachable ? FetchOutcome::refused : reply.outcome;
  out.__set_outcome(sameNumber<thrift::FetchOutcome>(outcome));
  if (reply.refusal != Refusal::none) {
    out.__set_refusal(sameNumber<thrift::Refusal>(reply.refusal));
  }
  if (outcome == FetchOutcome::held) {
    out.row = toRow(std::move(reply.record), reply.hasValue);
    out.__isset.row = true;
    out.__set_digest(toSigned(reply.digest));
  }
  if (!reply.message.empty()) out.__set_message(reply.message);
  if (reply.times.storage) out.__set_storageMicros(reply.times.storage->micros);
  return out;
}

ApplyReply toCore(const thrift::ApplyAnswer& answer) {
  ApplyReply out;
  const int outcome = answer.__isset.outcome ? rawNumber(answer.outcome) : 0;
  if (outcome >= thrift::ApplyOutcome::APPLIED && outcome <= thrift::ApplyOutcome::FAILED) {
    out.outcome = static_cast<ApplyOutcome>(outcome);
  }
  if (answer.__isset.refusal) out.refusal = refusalOf(answer.refusal);
  if (answer.__isset.held) out.held = toCore(answer.held);
  out.alreadyHeld = answer.__isset.alreadyHeld && answer.alreadyHeld;
  out.message = answer.message;
  out.times = timesOf(answer);
  return out;
}

FetchReply toCore(thrift::FetchAnswer& answer) {
  FetchReply out;
  out.outcome = FetchOutcome::refused;
  const int outcome = answer.__isset.outcome ? rawNumber(answer.outcome) : 0;
  if (outcome >= thrift::FetchOutcome::HELD && outcome <= thrift::FetchOutcome::REBUILDING) {
    out.outcome = static_cast<FetchOutcome>(outcome);
  }
  if (answer.__isset.refusal) out.refusal = refusalOf(answer.refusal);
  out.message = answer.message;
  out.times = timesOf(answer);
  if (out.outcome != FetchOutcome::held) return out;
  const std::optional<std::string> wrong = toRecord(answer.row, true, out.record);
  out.hasValue = out.record.isTombstone() || answer.row.__isset.value;
  if (wrong || !answer.__isset.digest) {
    out.outcome = FetchOutcome::refused;
    out.refusal = Refusal::invalid;
    out.message = "it sent " + wrong.value_or("a row without a digest");
  }
  out.digest = toUnsigned(answer.digest);
  return out;
}

}  // namespace henge::wire
