#include "wire/client_door.h"

#include <array>
#include <cassert>
#include <thrift_gen/Admin.h>
#include <thrift_gen/Store.h>
#include <unordered_map>
#include <utility>

#include "core/peer_hello.h"
#include "core/version_text.h"
#include "wire/convert_admin.h"
#include "wire/convert_answer.h"
#include "wire/convert_hints.h"
#include "wire/convert_log.h"
#include "wire/convert_request.h"
#include "wire/dispatcher.h"

namespace henge::wire {

namespace {

constexpr std::size_t answerBytesBesideValue = 1024;
constexpr std::int64_t retryAfterMs = 100;  // an answer that does not fit what waits to be sent
constexpr std::int32_t dumpRowsMax = 1000;

RequestError noRoom() {
  RequestError error;
  error.kind = RequestErrorKind::overloaded;
  error.message = "too much waits to be sent on this connection; read the answers";
  error.retryAfterMs = retryAfterMs;
  return error;
}

thrift::HelloAnswer helloAnswer(const ClientDoorOptions& options, std::int64_t hybridTime) {
  thrift::HelloAnswer out;
  out.__set_protocol(static_cast<std::int32_t>(protocolVersion));
  out.__set_features({});
  out.__set_cluster(toSigned(options.cluster->id.value));
  out.__set_clusterName(options.cluster->name);
  out.__set_node(toThrift(options.self));
  out.__set_epoch(toSigned(options.cluster->epoch));
  out.__set_ringHash(toSigned(ringHash(*options.cluster)));
  out.__set_replication(options.cluster->replication);
  out.__set_keyBytesMax(static_cast<std::int32_t>(options.limits.keyBytesMax));
  out.__set_valueBytesMax(static_cast<std::int32_t>(options.limits.valueBytesMax));
  out.__set_frameBytesMax(static_cast<std::int32_t>(options.limits.frameBytesMax()));
  out.__set_hybridTime(hybridTime);
  out.__set_version(std::string(softwareVersion));
  out.__set_writer(toSigned(options.writer));
  return out;
}

Breach checkProtocol(const thrift::HelloRequest& request) {
  const auto spoken = static_cast<std::int32_t>(protocolVersion);
  const bool tooNew = request.__isset.protocolMin && request.protocolMin > spoken;
  const bool tooOld = request.__isset.protocolMax && request.protocolMax < spoken;
  if (!tooNew && !tooOld) return std::nullopt;
  return breachOf("protocol", "only protocol " + std::to_string(spoken) + " is spoken here",
                  spoken);
}

}  // namespace

struct ClientDoor::Impl {
  Impl(ClientDoorOptions given, ClientDoorEnv ports, ClientDoor& sinkOfAll)
      : options(std::move(given)),
        env(ports),
        sink(sinkOfAll),
        answers(options.limits.frameBytesMax()) {}

  static const std::array<Method<Impl>, 11> methods;

  // The methods, in the order of the IDL.
  void hello(const Call& call, thrift::HelloRequest& request);
  void put(const Call& call, thrift::PutRequest& request);
  void remove(const Call& call, thrift::RemoveRequest& request);
  void get(const Call& call, thrift::GetRequest& request);
  void ring(const Call& call, thrift::RingRequest& request);
  void status(const Call& call, thrift::StatusRequest& request);
  void log(const Call& call, thrift::LogRequest& request);
  void hints(const Call& call, thrift::HintsRequest& request);
  void syncHints(const Call& call, thrift::SyncHintsRequest& request);
  void dump(const Call& call, thrift::DumpRequest& request);
  void accept(const Call& call, thrift::AcceptRequest& request);

  template <typename Result>
  void refuseInvalid(const Call& call, const thrift::InvalidRequest& invalid) {
    Result result;
    result.invalid = invalid;
    result.__isset.invalid = true;
    answers.answer(call, result);
  }

  template <typename Result>
  void answerPut(const Call& call, const PutAnswer& answer);

  OpId begin(const Call& call) {
    const OpId op{++lastOp};
    operations.emplace(op, call);
    return op;
  }
  Call end(OpId op) {
    const auto found = operations.find(op);
    assert(found != operations.end() && "answered twice, or never asked");
    const Call call = found->second;
    operations.erase(found);
    return call;
  }

  AnswerStamp stamp() const {
    return {options.self, options.cluster->epoch, env.stamps.hybridNow()};
  }
  RequestRules rules(const Call& call) const { return {options.limits, call.firstByte}; }

  ClientDoorOptions options;
  ClientDoorEnv env;
  ClientDoor& sink;
  Answerer answers;
  Decoder decoder;
  std::uint64_t lastOp = 0;
  std::unordered_map<OpId, Call> operations;
};

const std::array<Method<ClientDoor::Impl>, 11> ClientDoor::Impl::methods{{
    {"put", &run<thrift::Store_put_args, &Impl::put, Impl>},
    {"get", &run<thrift::Store_get_args, &Impl::get, Impl>},
    {"remove", &run<thrift::Store_remove_args, &Impl::remove, Impl>},
    {"hello", &run<thrift::Store_hello_args, &Impl::hello, Impl>},
    {"ring", &run<thrift::Admin_ring_args, &Impl::ring, Impl>},
    {"status", &run<thrift::Admin_status_args, &Impl::status, Impl>},
    {"log", &run<thrift::Admin_log_args, &Impl::log, Impl>},
    {"hints", &run<thrift::Admin_hints_args, &Impl::hints, Impl>},
    {"syncHints", &run<thrift::Admin_syncHints_args, &Impl::syncHints, Impl>},
    {"dump", &run<thrift::Admin_dump_args, &Impl::dump, Impl>},
    {"accept", &run<thrift::Admin_accept_args, &Impl::accept, Impl>},
}};

void ClientDoor::Impl::hello(const Call& call, thrift::HelloRequest& request) {
  if (const Breach breach = checkProtocol(request)) {
    return refuseInvalid<thrift::Store_hello_result>(call, *breach);
  }
  if (request.matchesSeqids && answers.replies() != nullptr) {
    answers.replies()->letOvertake(call.ticket.connection);
  }
  thrift::Store_hello_result result;
  result.success = helloAnswer(options, env.stamps.hybridNow());
  result.__isset.success = true;
  answers.answer(call, result);
}

void ClientDoor::Impl::put(const Call& call, thrift::PutRequest& request) {
  PutRequest core;
  if (const Breach breach = toCore(rules(call), request, core)) {
    return refuseInvalid<thrift::Store_put_result>(call, *breach);
  }
  env.clients.put(begin(call), sink, std::move(core));
}

void ClientDoor::Impl::remove(const Call& call, thrift::RemoveRequest& request) {
  PutRequest core;
  if (const Breach breach = toCore(rules(call), request, core)) {
    return refuseInvalid<thrift::Store_remove_result>(call, *breach);
  }
  env.clients.put(begin(call), sink, std::move(core));
}

template <typename Result>
void ClientDoor::Impl::answerPut(const Call& call, const PutAnswer& answer) {
  Result result;
  if (answer.error) {
    setError(*answer.error, &answer, answer.trace, stamp(), result);
  } else {
    result.success = toThrift(answer, stamp());
    result.__isset.success = true;
  }
  answers.answer(call, result);
}

void ClientDoor::onPut(OpId op, PutAnswer answer) {
  const Call call = impl_->end(op);
  if (call.name == "remove") {
    impl_->answerPut<thrift::Store_remove_result>(call, answer);
  } else {
    impl_->answerPut<thrift::Store_put_result>(call, answer);
  }
}

void ClientDoor::Impl::get(const Call& call, thrift::GetRequest& request) {
  GetRequest core;
  if (const Breach breach = toCore(rules(call), request, core)) {
    return refuseInvalid<thrift::Store_get_result>(call, *breach);
  }
  env.clients.get(begin(call), sink, std::move(core));
}

void ClientDoor::onGot(OpId op, GetAnswer answer) {
  const Call call = impl_->end(op);
  const std::size_t bytes = (answer.record ? answer.record->value.size() : 0) + answer.trace.size();
  if (!answer.error && !impl_->answers.hasRoom(call, bytes + answerBytesBesideValue)) {
    answer.error = noRoom();
    answer.trace.clear();
  }
  thrift::Store_get_result result;
  if (answer.error) {
    setError(*answer.error, nullptr, answer.trace, impl_->stamp(), result);
  } else {
    result.success = toThrift(std::move(answer), impl_->stamp());
    result.__isset.success = true;
  }
  impl_->answers.answer(call, result);
}

void ClientDoor::Impl::ring(const Call& call, thrift::RingRequest& /*request*/) {
  thrift::Admin_ring_result result;
  result.success = toThrift(env.admin.ring());
  result.__isset.success = true;
  answers.answer(call, result);
}

void ClientDoor::Impl::status(const Call& call, thrift::StatusRequest& /*request*/) {
  thrift::Admin_status_result result;
  result.success = toThrift(env.admin.status());
  result.__isset.success = true;
  answers.answer(call, result);
}

void ClientDoor::Impl::log(const Call& call, thrift::LogRequest& /*request*/) {
  thrift::Admin_log_result result;
  result.success = toThrift(env.admin.log());
  result.__isset.success = true;
  answers.answer(call, result);
}

void ClientDoor::Impl::hints(const Call& call, thrift::HintsRequest& /*request*/) {
  thrift::Admin_hints_result result;
  result.success = toThrift(env.admin.hints());
  result.__isset.success = true;
  answers.answer(call, result);
}

void ClientDoor::Impl::syncHints(const Call& call, thrift::SyncHintsRequest& request) {
  const std::int64_t ms = request.__isset.deadlineMs ? request.deadlineMs : syncHintsMsDefault;
  if (ms < 1 || ms > syncHintsMsMax) {
    return refuseInvalid<thrift::Admin_syncHints_result>(
        call, *breachOf("deadlineMs",
                        "deadlineMs is " + std::to_string(ms) + "; it must be 1 to " +
                            std::to_string(syncHintsMsMax),
                        syncHintsMsMax));
  }
  env.admin.syncHints(begin(call), sink, call.firstByte + Duration{ms * 1000});
}

void ClientDoor::onHintsSynced(OpId op, Result<HintSync> sync) {
  const Call call = impl_->end(op);
  thrift::Admin_syncHints_result result;
  if (sync.ok()) {
    result.success = toThrift(*sync, impl_->options.self);
    result.__isset.success = true;
  } else {
    RequestError error = noRoom();
    error.message = sync.error().message;
    result.overloaded = overloadedOf(error, impl_->stamp());
    result.__isset.overloaded = true;
  }
  impl_->answers.answer(call, result);
}

void ClientDoor::Impl::dump(const Call& call, thrift::DumpRequest& request) {
  const std::int32_t rows = request.__isset.rowsMax ? request.rowsMax : dumpRowsMax;
  if (rows < 1 || rows > dumpRowsMax) {
    return refuseInvalid<thrift::Admin_dump_result>(
        call, *breachOf("rowsMax",
                        "rowsMax is " + std::to_string(rows) + "; it must be 1 to " +
                            std::to_string(dumpRowsMax),
                        dumpRowsMax));
  }
  ports::DumpRequest core;
  core.recordsMax = static_cast<std::size_t>(rows);
  if (request.__isset.afterPosition) core.resumeKey = std::move(request.afterPosition);
  if (request.__isset.fromKey) core.fromKey = std::move(request.fromKey);
  if (request.__isset.toKey) core.toKey = std::move(request.toKey);
  env.admin.dump(begin(call), sink, std::move(core));
}

void ClientDoor::onDumped(OpId op, Result<DumpPage> page) {
  const Call call = impl_->end(op);
  std::size_t bytes = 0;
  if (page.ok()) {
    for (const Record& record : page->records) bytes += record.bytes();
    if (!impl_->answers.hasRoom(call, bytes)) page = Error{ErrorKind::overloaded, noRoom().message};
  }
  thrift::Admin_dump_result result;
  if (page.ok()) {
    result.success = toThrift(std::move(*page), impl_->options.self);
    result.__isset.success = true;
  } else if (!setDumpError(page.error(), impl_->stamp(), result)) {
    impl_->answers.refuse(call, Answerer::ApplicationError::INTERNAL_ERROR, page.error().message);
    return;
  }
  impl_->answers.answer(call, result);
}

void ClientDoor::Impl::accept(const Call& call, thrift::AcceptRequest& request) {
  if (!request.__isset.node || !request.__isset.directory) {
    return refuseInvalid<thrift::Admin_accept_result>(
        call, *breachOf("node", "accept needs the node and the directory it has now"));
  }
  const NodeId node = toNode(request.node);
  const Result<std::string> accepted = env.admin.accept(node, {toUnsigned(request.directory)});
  if (!accepted.ok()) {
    return refuseInvalid<thrift::Admin_accept_result>(call,
                                                      *breachOf("node", accepted.error().message));
  }
  thrift::Admin_accept_result result;
  result.success.__set_message(*accepted);
  result.__isset.success = true;
  answers.answer(call, result);
}

ClientDoor::ClientDoor(ClientDoorOptions options, ClientDoorEnv env)
    : impl_(std::make_unique<Impl>(std::move(options), env, *this)) {}

ClientDoor::~ClientDoor() = default;

void ClientDoor::attach(Replies* replies) { impl_->answers.attach(replies); }

Status ClientDoor::onMessage(Ticket ticket, BytesView message, MonoTime firstByte) {
  return dispatch<Impl>(Impl::methods, *impl_, impl_->decoder, impl_->answers, ticket, message,
                        firstByte);
}

void ClientDoor::onClosed(ConnectionId /*connection*/) {}  // its operations go on to their ends

std::size_t ClientDoor::operations() const { return impl_->operations.size(); }

}  // namespace henge::wire
