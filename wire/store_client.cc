#include "wire/store_client.h"

#include <algorithm>
#include <thrift_gen/Admin.h>
#include <utility>

#include "wire/blocking_socket.h"
#include "wire/call_codec.h"
#include "wire/convert_admin.h"
#include "wire/convert_hints.h"
#include "wire/convert_log.h"
#include "wire/frame_reader.h"

namespace henge::wire {

namespace {

constexpr std::uint32_t answerBytesMax = 64 << 20;  // reserved only as it arrives

// So much of a timeout is left for the answer that says "timeout" to come back in.
Duration graceOf(Duration timeout) { return std::min(Duration{timeout.micros / 10}, 100_ms); }

std::int64_t deadlineMsOf(Duration timeout) {
  return std::max<std::int64_t>((timeout.micros - graceOf(timeout).micros) / 1000, 1);
}

bool endsConnection(ErrorKind kind) {
  return kind == ErrorKind::unavailable || kind == ErrorKind::timeout || kind == ErrorKind::corrupt;
}

}  // namespace

struct StoreClient::Impl {
  explicit Impl(BlockingSocket connected) : socket(std::move(connected)) {}

  // One call of the number ++lastSeqid out, its answer in, as `read` takes it.
  template <typename Read>
  auto exchange(const Bytes& call, Duration timeout, Read read) -> decltype(read(BytesView()));

  // The same for a method of Admin: `Args` and `Answer` are the generated X_args and X_result.
  template <typename Args, typename Answer, typename Request>
  Status ask(const std::string& method, Request request, Duration timeout, Answer& answer);

  Result<BytesView> answerTo(const Bytes& call, MonoTime deadline);
  Status sendFrame(const Bytes& frame, MonoTime deadline);
  Result<BytesView> receiveFrame(MonoTime deadline);

  std::optional<BlockingSocket> socket;  // until an error that leaves the stream in doubt
  FrameReader frames{answerBytesMax};
  std::int32_t lastSeqid = 0;
  StoreCalls calls;
  CallCodec codec;
};

template <typename Read>
auto StoreClient::Impl::exchange(const Bytes& call, Duration timeout, Read read)
    -> decltype(read(BytesView())) {
  const Result<BytesView> frame = answerTo(call, monotonicNow() + timeout);
  decltype(read(BytesView())) outcome = frame.ok() ? read(*frame) : frame.error();
  if (!outcome.ok() && endsConnection(outcome.error().kind)) socket.reset();
  return outcome;
}

template <typename Args, typename Answer, typename Request>
Status StoreClient::Impl::ask(const std::string& method, Request request, Duration timeout,
                              Answer& answer) {
  const Bytes call = codec.call<Args>(method, ++lastSeqid, std::move(request));
  return exchange(call, timeout,
                  [&](BytesView frame) { return codec.read(frame, method, answer); });
}

Result<BytesView> StoreClient::Impl::answerTo(const Bytes& call, MonoTime deadline) {
  const Status sent = sendFrame(call, deadline);
  if (!sent.ok()) return sent.error();
  Result<BytesView> frame = receiveFrame(deadline);
  if (!frame.ok()) return frame.error();
  const Result<std::int32_t> seqid = CallCodec::seqidOf(*frame);
  if (!seqid.ok()) return seqid.error();
  if (*seqid != lastSeqid) return notAnAnswer("it answers another request");
  return frame;
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

namespace {

// What ring, status, log and accept have in common.
template <typename Answer>
Status plainOutcome(const Status& called, const Answer& answer) {
  if (!called.ok()) return called;
  if (answer.__isset.invalid) return Error{ErrorKind::invalidRequest, answer.invalid.message};
  if (!answer.__isset.success) return notAnAnswer("it is empty");
  return {};
}

}  // namespace

StoreClient::StoreClient(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
StoreClient::StoreClient(StoreClient&&) noexcept = default;
StoreClient& StoreClient::operator=(StoreClient&&) noexcept = default;
StoreClient::~StoreClient() = default;

Result<StoreClient> StoreClient::connect(const Address& address, Duration timeout, int interrupt) {
  Result<BlockingSocket> socket =
      BlockingSocket::connect(address, monotonicNow() + timeout, interrupt);
  if (!socket.ok()) return socket.error();
  return StoreClient(std::make_unique<Impl>(std::move(*socket)));
}

bool StoreClient::isOpen() const { return impl_->socket.has_value(); }

Result<NodeGreeting> StoreClient::hello(Duration timeout) {
  StoreCalls& calls = impl_->calls;
  return impl_->exchange(calls.hello(++impl_->lastSeqid, false), timeout,
                         [&](BytesView frame) { return calls.greeting(frame); });
}

Result<PutAnswer> StoreClient::put(const PutRequest& request, Duration timeout) {
  StoreCalls& calls = impl_->calls;
  const bool isRemove = request.kind == RecordKind::tombstone;
  return impl_->exchange(calls.put(++impl_->lastSeqid, request, deadlineMsOf(timeout)), timeout,
                         [&](BytesView frame) { return calls.putAnswer(frame, isRemove); });
}

Result<GetAnswer> StoreClient::get(const GetRequest& request, Duration timeout) {
  StoreCalls& calls = impl_->calls;
  return impl_->exchange(calls.get(++impl_->lastSeqid, request, deadlineMsOf(timeout)), timeout,
                         [&](BytesView frame) { return calls.getAnswer(frame, request.key); });
}

Result<RingView> StoreClient::ring(Duration timeout) {
  thrift::Admin_ring_result answer;
  const Status called =
      impl_->ask<thrift::Admin_ring_args>("ring", thrift::RingRequest(), timeout, answer);
  const Status outcome = plainOutcome(called, answer);
  if (!outcome.ok()) return outcome.error();
  return toCore(answer.success);
}

Result<NodeStatus> StoreClient::status(Duration timeout) {
  thrift::Admin_status_result answer;
  const Status called =
      impl_->ask<thrift::Admin_status_args>("status", thrift::StatusRequest(), timeout, answer);
  const Status outcome = plainOutcome(called, answer);
  if (!outcome.ok()) return outcome.error();
  return toCore(answer.success);
}

Result<LogView> StoreClient::log(Duration timeout) {
  thrift::Admin_log_result answer;
  const Status called =
      impl_->ask<thrift::Admin_log_args>("log", thrift::LogRequest(), timeout, answer);
  const Status outcome = plainOutcome(called, answer);
  if (!outcome.ok()) return outcome.error();
  return toCore(answer.success);
}

Result<HintsView> StoreClient::hints(Duration timeout) {
  thrift::Admin_hints_result answer;
  const Status called =
      impl_->ask<thrift::Admin_hints_args>("hints", thrift::HintsRequest(), timeout, answer);
  const Status outcome = plainOutcome(called, answer);
  if (!outcome.ok()) return outcome.error();
  return toCore(answer.success);
}

Result<HintSync> StoreClient::syncHints(Duration timeout) {
  thrift::SyncHintsRequest request;
  request.__set_deadlineMs(
      std::clamp<std::int64_t>(timeout.micros / 1000 * 9 / 10, 1, syncHintsMsMax));
  thrift::Admin_syncHints_result answer;
  const Status called =
      impl_->ask<thrift::Admin_syncHints_args>("syncHints", request, timeout, answer);
  if (called.ok() && answer.__isset.overloaded) {
    return Error{ErrorKind::overloaded, answer.overloaded.message};
  }
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
  const Status called = impl_->ask<thrift::Admin_dump_args>("dump", request, timeout, answer);
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
  const Status called = impl_->ask<thrift::Admin_accept_args>("accept", request, timeout, answer);
  const Status outcome = plainOutcome(called, answer);
  if (!outcome.ok()) return outcome.error();
  return answer.success.message;
}

}  // namespace henge::wire
