#include "wire/store_client.h"

#include <algorithm>
#include <thrift_gen/Admin.h>
#include <thrift_gen/Store.h>
#include <utility>

#include "core/version_text.h"
#include "wire/blocking_socket.h"
#include "wire/codec.h"
#include "wire/convert_admin.h"
#include "wire/convert_answer.h"
#include "wire/convert_request.h"
#include "wire/frame_reader.h"

namespace henge::wire {

namespace {

constexpr std::uint32_t answerBytesMax = 64 << 20;  // reserved only as it arrives
constexpr GuardLimits answerLimits{32, 100'000, 128};

// So much of a timeout is left for the answer that says "timeout" to come back in.
Duration graceOf(Duration timeout) { return std::min(Duration{timeout.micros / 10}, 100_ms); }

std::int64_t deadlineMsOf(Duration timeout) {
  return std::max<std::int64_t>((timeout.micros - graceOf(timeout).micros) / 1000, 1);
}

Error notAnAnswer(const std::string& what) {
  return {ErrorKind::corrupt, "what came back is no answer: " + what};
}

Error refusedBy(const apache::thrift::TApplicationException& exception, const std::string& method) {
  if (exception.getType() == apache::thrift::TApplicationException::UNKNOWN_METHOD) {
    return {ErrorKind::unsupported, "the node does not know '" + method + "'"};
  }
  return {ErrorKind::corrupt, "the node could not answer: " + std::string(exception.what())};
}

bool endsConnection(ErrorKind kind) {
  return kind == ErrorKind::unavailable || kind == ErrorKind::timeout || kind == ErrorKind::corrupt;
}

}  // namespace

struct StoreClient::Impl {
  explicit Impl(BlockingSocket connected) : socket(std::move(connected)) {}

  // One request out, its answer in. `Args` and `Answer` are the generated X_args and X_result.
  template <typename Args, typename Answer, typename Request>
  Status call(const std::string& method, Request request, Duration timeout, Answer& answer);

  Status sendFrame(const Bytes& frame, MonoTime deadline);
  Result<BytesView> receiveFrame(MonoTime deadline);
  template <typename Answer>
  Status readAnswer(BytesView frame, const std::string& method, Answer& answer);

  std::optional<BlockingSocket> socket;  // until an error that leaves the stream in doubt
  FrameReader frames{answerBytesMax};
  std::int32_t lastSeqid = 0;
  Encoder encoder;
  Decoder decoder;
};

template <typename Args, typename Answer, typename Request>
Status StoreClient::Impl::call(const std::string& method, Request request, Duration timeout,
                               Answer& answer) {
  const MonoTime deadline = monotonicNow() + timeout;
  Args args;
  args.request = std::move(request);
  args.__isset.request = true;
  ++lastSeqid;
  Status status = sendFrame(
      encoder.write({Encoding::binary, MessageKind::call, method, lastSeqid}, args), deadline);
  if (status.ok()) {
    const Result<BytesView> frame = receiveFrame(deadline);
    status = frame.ok() ? readAnswer(*frame, method, answer) : Status(frame.error());
  }
  if (!status.ok() && endsConnection(status.error().kind)) socket.reset();
  return status;
}

Status StoreClient::Impl::sendFrame(const Bytes& frame, MonoTime deadline) {
  if (!socket) return Error{ErrorKind::unavailable, "the connection is closed"};
  if (socket->isStale()) {
    return Error{ErrorKind::unavailable, "connection closed by the other side"};
  }
  return socket->send(frame, deadline);
}

Result<BytesView> StoreClient::Impl::receiveFrame(MonoTime deadline) {
  while (true) {
    const Result<std::optional<BytesView>> frame = frames.next();
    if (!frame.ok()) return notAnAnswer(frame.error().message);
    if (frame->has_value()) return **frame;
    const std::span<char> space = frames.space();
    const Result<std::size_t> got = socket->receive(space, deadline);
    if (!got.ok()) return got.error();
    frames.received(*got);
  }
}

template <typename Answer>
Status StoreClient::Impl::readAnswer(BytesView frame, const std::string& method, Answer& answer) {
  const Result<MessageHead> head = inspect(frame, answerLimits);
  if (!head.ok()) return notAnAnswer(head.error().message);
  if (head->seqid != lastSeqid || head->name != method) {
    return notAnAnswer("it answers another request");
  }
  if (head->kind == MessageKind::exception) {
    apache::thrift::TApplicationException exception;
    const Status read = decoder.read(*head, exception);
    return read.ok() ? refusedBy(exception, method) : notAnAnswer(read.error().message);
  }
  if (head->kind != MessageKind::reply) return notAnAnswer("it is no reply");
  const Status read = decoder.read(*head, answer);
  return read.ok() ? Status() : notAnAnswer(read.error().message);
}

namespace {

Status invalidOr(bool isInvalid, const thrift::InvalidRequest& invalid, bool hasSuccess) {
  if (isInvalid) return Error{ErrorKind::invalidRequest, invalid.message};
  if (!hasSuccess) return notAnAnswer("it is empty");
  return {};
}

// What hello, ring, status and accept have in common.
template <typename Answer>
Status plainOutcome(const Status& called, const Answer& answer) {
  if (!called.ok()) return called;
  return invalidOr(answer.__isset.invalid, answer.invalid, answer.__isset.success);
}

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
Result<PutAnswer> putOutcome(const Status& called, const Answer& answer) {
  if (!called.ok()) return called.error();
  if (const std::optional<Failure> failure = failureOf(answer)) {
    PutAnswer out;
    out.outcome = failure->outcome;
    out.version = failure->version;
    out.needed = failure->error.needed;
    out.acknowledged = failure->error.acknowledged;
    out.error = failure->error;
    return out;
  }
  if (!answer.__isset.success) return notAnAnswer("it is empty");
  return toCore(answer.success);
}

}  // namespace

StoreClient::StoreClient(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
StoreClient::StoreClient(StoreClient&&) noexcept = default;
StoreClient& StoreClient::operator=(StoreClient&&) noexcept = default;
StoreClient::~StoreClient() = default;

Result<StoreClient> StoreClient::connect(const Address& address, Duration timeout) {
  Result<BlockingSocket> socket = BlockingSocket::connect(address, monotonicNow() + timeout);
  if (!socket.ok()) return socket.error();
  return StoreClient(std::make_unique<Impl>(std::move(*socket)));
}

bool StoreClient::isOpen() const { return impl_->socket.has_value(); }

Result<NodeGreeting> StoreClient::hello(Duration timeout) {
  thrift::HelloRequest request;
  request.__set_protocolMin(1);
  request.__set_protocolMax(1);
  request.__set_client("henge " + std::string(softwareVersion));
  thrift::Store_hello_result answer;
  const Status called = impl_->call<thrift::Store_hello_args>("hello", request, timeout, answer);
  const Status outcome = plainOutcome(called, answer);
  if (!outcome.ok()) return outcome.error();
  return greetingOf(answer.success);
}

Result<PutAnswer> StoreClient::put(const PutRequest& request, Duration timeout) {
  const std::int64_t deadlineMs = deadlineMsOf(timeout);
  if (request.kind == RecordKind::tombstone) {
    thrift::Store_remove_result answer;
    const Status called = impl_->call<thrift::Store_remove_args>(
        "remove", toRemove(request, deadlineMs), timeout, answer);
    return putOutcome(called, answer);
  }
  thrift::Store_put_result answer;
  const Status called =
      impl_->call<thrift::Store_put_args>("put", toPut(request, deadlineMs), timeout, answer);
  return putOutcome(called, answer);
}

Result<GetAnswer> StoreClient::get(const GetRequest& request, Duration timeout) {
  thrift::Store_get_result answer;
  const Status called = impl_->call<thrift::Store_get_args>(
      "get", toGet(request, deadlineMsOf(timeout)), timeout, answer);
  if (!called.ok()) return called.error();
  if (const std::optional<Failure> failure = failureOf(answer)) {
    GetAnswer out;
    out.needed = failure->error.needed;
    out.acknowledged = failure->error.acknowledged;
    out.error = failure->error;
    return out;
  }
  if (!answer.__isset.success) return notAnAnswer("it is empty");
  return toCore(answer.success, request.key);
}

Result<RingView> StoreClient::ring(Duration timeout) {
  thrift::Admin_ring_result answer;
  const Status called =
      impl_->call<thrift::Admin_ring_args>("ring", thrift::RingRequest(), timeout, answer);
  const Status outcome = plainOutcome(called, answer);
  if (!outcome.ok()) return outcome.error();
  return toCore(answer.success);
}

Result<NodeStatus> StoreClient::status(Duration timeout) {
  thrift::Admin_status_result answer;
  const Status called =
      impl_->call<thrift::Admin_status_args>("status", thrift::StatusRequest(), timeout, answer);
  const Status outcome = plainOutcome(called, answer);
  if (!outcome.ok()) return outcome.error();
  return toCore(answer.success);
}

Result<DumpPage> StoreClient::dump(const DumpQuery& query, Duration timeout) {
  thrift::DumpRequest request;
  if (query.resumeKey) request.__set_afterPosition(*query.resumeKey);
  if (query.fromKey) request.__set_fromKey(*query.fromKey);
  if (query.toKey) request.__set_toKey(*query.toKey);
  request.__set_rowsMax(
      static_cast<std::int32_t>(std::min<std::size_t>(query.recordsMax, 1 << 30)));
  thrift::Admin_dump_result answer;
  const Status called = impl_->call<thrift::Admin_dump_args>("dump", request, timeout, answer);
  if (!called.ok()) return called.error();
  if (const std::optional<Error> error = dumpErrorOf(answer)) return *error;
  if (!answer.__isset.success) return notAnAnswer("it is empty");
  return toCore(answer.success);
}

Result<std::string> StoreClient::accept(NodeId node, DirectoryId directory, Duration timeout) {
  thrift::AcceptRequest request;
  request.__set_node(toThrift(node));
  request.__set_directory(toSigned(directory.value));
  thrift::Admin_accept_result answer;
  const Status called = impl_->call<thrift::Admin_accept_args>("accept", request, timeout, answer);
  const Status outcome = plainOutcome(called, answer);
  if (!outcome.ok()) return outcome.error();
  return answer.success.message;
}

}  // namespace henge::wire
