#include "wire/store_calls.h"

#include <thrift_gen/Admin.h>
#include <thrift_gen/Store.h>
#include <utility>

#include "core/version_text.h"
#include "wire/call_codec.h"
#include "wire/convert_admin.h"
#include "wire/convert_answer.h"
#include "wire/convert_request.h"

namespace henge::wire {

namespace {

NodeGreeting greetingOf(const thrift::HelloAnswer& in) {
  NodeGreeting out;
  out.node = toNode(in.node);
  out.cluster = {toUnsigned(in.cluster)};
  out.clusterName = in.clusterName;
  out.epoch = toUnsigned(in.epoch);
  out.ringHash = toUnsigned(in.ringHash);
  out.replication = in.replication;
  out.writer = toUnsigned(in.writer);
  out.hybridTime = in.hybridTime;
  out.version = in.version;
  out.features = in.features;
  if (in.keyBytesMax > 0) out.limits.keyBytesMax = static_cast<std::uint32_t>(in.keyBytesMax);
  if (in.valueBytesMax > 0) out.limits.valueBytesMax = static_cast<std::uint32_t>(in.valueBytesMax);
  return out;
}

template <typename Answer>
void noteSource(const Answer& answer, AnswerSource* source) {
  if (source == nullptr) return;
  if (answer.__isset.success) source->hybridTime = answer.success.hybridTime;
  if (answer.__isset.success) source->epoch = toUnsigned(answer.success.epoch);
  if (answer.__isset.unavailable) source->epoch = toUnsigned(answer.unavailable.epoch);
  if (answer.__isset.timeout) source->epoch = toUnsigned(answer.timeout.epoch);
  if (answer.__isset.overloaded) source->epoch = toUnsigned(answer.overloaded.epoch);
}

template <typename Answer>
Result<PutAnswer> putOutcome(const Status& read, const Answer& answer, AnswerSource* source) {
  if (!read.ok()) return read.error();
  noteSource(answer, source);
  if (const std::optional<Failure> failure = failureOf(answer)) {
    PutAnswer out;
    out.outcome = failure->outcome;
    out.version = failure->version;
    out.needed = failure->error.needed;
    out.acknowledged = failure->error.acknowledged;
    out.error = failure->error;
    out.trace = failure->trace;
    return out;
  }
  if (!answer.__isset.success) return notAnAnswer("it is empty");
  return toCore(answer.success);
}

}  // namespace

struct StoreCalls::Impl {
  CallCodec codec;
};

StoreCalls::StoreCalls() : impl_(std::make_unique<Impl>()) {}
StoreCalls::StoreCalls(StoreCalls&&) noexcept = default;
StoreCalls& StoreCalls::operator=(StoreCalls&&) noexcept = default;
StoreCalls::~StoreCalls() = default;

Bytes StoreCalls::hello(std::int32_t seqid, bool matchesSeqids) {
  thrift::HelloRequest request;
  request.__set_protocolMin(1);
  request.__set_protocolMax(1);
  request.__set_client("henge " + std::string(softwareVersion));
  if (matchesSeqids) request.__set_matchesSeqids(true);
  return impl_->codec.call<thrift::Store_hello_args>("hello", seqid, std::move(request));
}

Bytes StoreCalls::put(std::int32_t seqid, const PutRequest& request, std::int64_t deadlineMs) {
  if (request.kind == RecordKind::tombstone) {
    return impl_->codec.call<thrift::Store_remove_args>("remove", seqid,
                                                        toRemove(request, deadlineMs));
  }
  return impl_->codec.call<thrift::Store_put_args>("put", seqid, toPut(request, deadlineMs));
}

Bytes StoreCalls::get(std::int32_t seqid, const GetRequest& request, std::int64_t deadlineMs) {
  return impl_->codec.call<thrift::Store_get_args>("get", seqid, toGet(request, deadlineMs));
}

Result<std::int32_t> StoreCalls::seqidOf(BytesView frame) const {
  return CallCodec::seqidOf(frame);
}

Result<NodeGreeting> StoreCalls::greeting(BytesView frame) {
  thrift::Store_hello_result answer;
  const Status read = impl_->codec.read(frame, "hello", answer);
  if (!read.ok()) return read.error();
  if (answer.__isset.invalid) return Error{ErrorKind::invalidRequest, answer.invalid.message};
  if (!answer.__isset.success) return notAnAnswer("it is empty");
  return greetingOf(answer.success);
}

Bytes StoreCalls::ring(std::int32_t seqid) {
  return impl_->codec.call<thrift::Admin_ring_args>("ring", seqid, thrift::RingRequest());
}

Result<PutAnswer> StoreCalls::putAnswer(BytesView frame, bool isRemove, AnswerSource* source) {
  if (isRemove) {
    thrift::Store_remove_result answer;
    const Status read = impl_->codec.read(frame, "remove", answer);
    return putOutcome(read, answer, source);
  }
  thrift::Store_put_result answer;
  const Status read = impl_->codec.read(frame, "put", answer);
  return putOutcome(read, answer, source);
}

Result<GetAnswer> StoreCalls::getAnswer(BytesView frame, const Bytes& key, AnswerSource* source) {
  thrift::Store_get_result answer;
  const Status read = impl_->codec.read(frame, "get", answer);
  if (!read.ok()) return read.error();
  noteSource(answer, source);
  if (const std::optional<Failure> failure = failureOf(answer)) {
    GetAnswer out;
    out.needed = failure->error.needed;
    out.acknowledged = failure->error.acknowledged;
    out.error = failure->error;
    out.trace = failure->trace;
    return out;
  }
  if (!answer.__isset.success) return notAnAnswer("it is empty");
  return toCore(answer.success, key);
}

Result<RingView> StoreCalls::ringAnswer(BytesView frame) {
  thrift::Admin_ring_result answer;
  const Status read = impl_->codec.read(frame, "ring", answer);
  if (!read.ok()) return read.error();
  if (answer.__isset.invalid) return Error{ErrorKind::invalidRequest, answer.invalid.message};
  if (!answer.__isset.success) return notAnAnswer("it is empty");
  return toCore(answer.success);
}

}  // namespace henge::wire
