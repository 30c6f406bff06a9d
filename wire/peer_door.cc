#include "wire/peer_door.h"

#include <algorithm>
#include <array>
#include <cassert>
#include <thrift_gen/Replica.h>
#include <unordered_map>
#include <utility>

#include "wire/convert_replica.h"
#include "wire/dispatcher.h"
#include "wire/line_limiter.h"
#include "wire/peer_links.h"

namespace henge::wire {

namespace {

constexpr std::size_t answerBytesBesideRow = 1024;

}  // namespace

struct PeerDoor::Impl {
  // A request that the replica has, or a probe that another member has.
  struct Asked {
    Call call;
    NodeId member;  // probed
  };

  Impl(PeerDoorOptions given, PeerDoorEnv ports, PeerDoor& sinkOfAll)
      : options(std::move(given)),
        env(ports),
        lines(ports.clock, ports.events),
        sink(sinkOfAll),
        answers(options.limits.frameBytesMax()) {}

  static const std::array<Method<Impl>, 5> methods;

  void hello(const Call& call, thrift::PeerHelloRequest& request);
  void apply(const Call& call, thrift::ApplyRequest& request);
  void fetch(const Call& call, thrift::FetchRequest& request);
  void ping(const Call& call, thrift::PingRequest& request);
  void pingReq(const Call& call, thrift::PingReqRequest& request);

  std::optional<std::string> reasonAgainst(thrift::PeerHelloRequest& request, PeerHello& theirs);
  bool refusedBeforeHello(const Call& call);
  template <typename Request>
  std::optional<std::string> reasonAgainst(const Request& request) const;
  template <typename Request>
  MonoTime deadlineOf(const Call& call, const Request& request) const;
  void observe(bool isSet, std::int64_t hybridTime);
  template <typename Answer>
  void stamp(Answer& answer) const;
  template <typename Request>
  void hear(const Call& call, const Request& request);
  template <typename Answer>
  void tell(const Call& call, Answer& answer, std::vector<Claim> claims);

  void answerApply(const Call& call, const ApplyReply& reply);
  void answerFetch(const Call& call, FetchReply reply);

  // What is known of a connection whose hello was taken.
  struct Greeted {
    NodeId node;
    std::size_t inWork = 0;  // requests
  };

  bool isFull(const Call& call) const {
    return greeted.at(call.ticket.connection).inWork >= options.requestsInWorkMax;
  }
  OpId begin(const Call& call, NodeId member = {}) {
    const OpId op{++lastOp};
    operations.emplace(op, Asked{call, member});
    return op;
  }
  OpId beginRequest(const Call& call) {
    ++greeted.at(call.ticket.connection).inWork;
    return begin(call);
  }
  Asked end(OpId op) {
    const auto found = operations.find(op);
    assert(found != operations.end() && "answered twice, or never asked");
    const Asked asked = found->second;
    operations.erase(found);
    return asked;
  }
  // Its connection may have ended, or said a hello that was refused, meanwhile.
  Asked endRequest(OpId op) {
    const Asked asked = end(op);
    const auto connection = greeted.find(asked.call.ticket.connection);
    if (connection != greeted.end() && connection->second.inWork > 0) --connection->second.inWork;
    return asked;
  }
  std::string tooMany() const {
    return "overloaded: " + toString(options.self) + " has " +
           std::to_string(options.requestsInWorkMax) + " requests of this link in work";
  }

  PeerDoorOptions options;
  PeerDoorEnv env;
  LineLimiter lines;
  PeerDoor& sink;
  Answerer answers;
  Decoder decoder;
  std::unordered_map<ConnectionId, Greeted> greeted;
  std::uint64_t lastOp = 0;
  std::unordered_map<OpId, Asked> operations;
};

const std::array<Method<PeerDoor::Impl>, 5> PeerDoor::Impl::methods{{
    {"apply", &run<thrift::Replica_apply_args, &Impl::apply, Impl>},
    {"fetch", &run<thrift::Replica_fetch_args, &Impl::fetch, Impl>},
    {"ping", &run<thrift::Replica_ping_args, &Impl::ping, Impl>},
    {"pingReq", &run<thrift::Replica_pingReq_args, &Impl::pingReq, Impl>},
    {"hello", &run<thrift::Replica_hello_args, &Impl::hello, Impl>},
}};

std::optional<std::string> PeerDoor::Impl::reasonAgainst(thrift::PeerHelloRequest& request,
                                                         PeerHello& theirs) {
  if (auto wrong = toCore(request, theirs)) return wrong;
  if (const Status checked = checkHello(env.me.hello(), theirs); !checked.ok()) {
    return checked.error().message;
  }
  if (options.cluster->find(theirs.node) == nullptr) {
    return toString(theirs.node) + " is no member of cluster " + options.cluster->name;
  }
  return std::nullopt;
}

void PeerDoor::Impl::hello(const Call& call, thrift::PeerHelloRequest& request) {
  const ConnectionId connection = call.ticket.connection;
  PeerHello theirs;
  const std::optional<std::string> refused = reasonAgainst(request, theirs);
  thrift::Replica_hello_result result;
  result.__isset.success = true;
  if (refused) {
    greeted.erase(connection);
    const std::string from = answers.replies() ? answers.replies()->nameOf(connection) : "";
    lines.note(ports::Severity::warning, "hello",
               "refused the hello of " + toString(theirs.node) + " from " + from + ": " + *refused);
    result.success.__set_refused(*refused);
  } else {
    greeted[connection].node = theirs.node;
    observe(true, theirs.hybridTime);
    if (answers.replies() != nullptr) answers.replies()->letOvertake(connection);
    const ports::HelloVerdict verdict = env.peerEvents.onHello(theirs);
    result.success.__set_youRebuild(verdict.youRebuild);
    if (!verdict.reason.empty()) result.success.__set_reason(verdict.reason);
  }
  result.success.__set_me(toThrift(env.me.hello()));
  answers.answer(call, result);
  if (!refused && env.links != nullptr) env.links->hurry(theirs.node);
}

bool PeerDoor::Impl::refusedBeforeHello(const Call& call) {
  if (greeted.contains(call.ticket.connection)) return false;
  answers.refuse(call, Answerer::ApplicationError::PROTOCOL_ERROR,
                 "a link between nodes begins with hello");
  return true;
}

// What says whose ring a request is about. Absent: not said. A ring generation is none of this
// release's: whoever sends one counts owners in a way that is not known here.
template <typename Request>
std::optional<std::string> PeerDoor::Impl::reasonAgainst(const Request& request) const {
  if (request.__isset.cluster && toUnsigned(request.cluster) != options.cluster->id.value) {
    return "the request is for cluster " + toString(ClusterId{toUnsigned(request.cluster)}) +
           ", this is " + toString(options.cluster->id);
  }
  if (request.__isset.ringGeneration && request.ringGeneration != 0) {
    return "ring generation " + std::to_string(request.ringGeneration) + " is not known here";
  }
  return std::nullopt;
}

template <typename Request>
MonoTime PeerDoor::Impl::deadlineOf(const Call& call, const Request& request) const {
  const Limits& limits = options.limits;
  const std::int64_t asked =
      request.__isset.deadlineMs ? request.deadlineMs : limits.deadlineDefaultMs;
  return call.firstByte + Duration{std::clamp<std::int64_t>(asked, 0, limits.deadlineMaxMs) * 1000};
}

void PeerDoor::Impl::observe(bool isSet, std::int64_t hybridTime) {
  if (isSet && hybridTime > 0) env.stamps.observeTime(hybridTime);
}

template <typename Answer>
void PeerDoor::Impl::stamp(Answer& answer) const {
  const PeerHello& me = env.me.hello();
  answer.__set_boot(toSigned(me.incarnation.boot));
  answer.__set_synced(toThrift(me.syncedTo));
  answer.__set_votes(!me.rebuilding);
  answer.__set_hybridTime(env.stamps.hybridNow());
  answer.__set_wallTime(env.stamps.wall().micros);
}

void PeerDoor::Impl::apply(const Call& call, thrift::ApplyRequest& request) {
  if (refusedBeforeHello(call)) return;
  ApplyRequest core;
  std::optional<std::string> wrong = reasonAgainst(request);
  if (!wrong) wrong = toCore(request, core);
  if (wrong) {
    ApplyReply reply;
    reply.outcome = ApplyOutcome::refused;
    reply.refusal = Refusal::invalid;
    reply.message = *wrong;
    return answerApply(call, reply);
  }
  if (isFull(call)) {
    ApplyReply reply;
    reply.outcome = ApplyOutcome::refused;
    reply.refusal = Refusal::overloaded;
    reply.message = tooMany();
    return answerApply(call, reply);
  }
  observe(request.__isset.hybridTime, request.hybridTime);
  core.deadline = deadlineOf(call, request);
  env.replica.apply(beginRequest(call), sink, std::move(core));
}

void PeerDoor::Impl::answerApply(const Call& call, const ApplyReply& reply) {
  thrift::Replica_apply_result result;
  result.success = toThrift(reply);
  result.__isset.success = true;
  stamp(result.success);
  result.success.__set_receivedAt(call.firstByte.micros);
  result.success.__set_sentAt(env.clock.now().micros);
  answers.answer(call, result);
}

void PeerDoor::onApplied(OpId op, NodeId /*from*/, ApplyReply reply) {
  impl_->answerApply(impl_->endRequest(op).call, reply);
}

void PeerDoor::Impl::fetch(const Call& call, thrift::FetchRequest& request) {
  if (refusedBeforeHello(call)) return;
  FetchRequest core;
  std::optional<std::string> wrong = reasonAgainst(request);
  if (!wrong) wrong = toCore(request, core);
  if (wrong) {
    FetchReply reply;
    reply.outcome = FetchOutcome::refused;
    reply.refusal = Refusal::invalid;
    reply.message = *wrong;
    return answerFetch(call, std::move(reply));
  }
  if (isFull(call)) {
    FetchReply reply;
    reply.outcome = FetchOutcome::refused;
    reply.refusal = Refusal::overloaded;
    reply.message = tooMany();
    return answerFetch(call, std::move(reply));
  }
  observe(request.__isset.hybridTime, request.hybridTime);
  core.deadline = deadlineOf(call, request);
  env.replica.fetch(beginRequest(call), sink, std::move(core));
}

void PeerDoor::Impl::answerFetch(const Call& call, FetchReply reply) {
  const std::size_t bytes = reply.record.bytes() + answerBytesBesideRow;
  if (reply.outcome == FetchOutcome::held && !answers.hasRoom(call, bytes)) {
    reply = {};
    reply.outcome = FetchOutcome::refused;
    reply.refusal = Refusal::overloaded;
    reply.message = "too much waits to be sent on this link";
  }
  thrift::Replica_fetch_result result;
  result.success = toThrift(std::move(reply));
  result.__isset.success = true;
  stamp(result.success);
  result.success.__set_receivedAt(call.firstByte.micros);
  result.success.__set_sentAt(env.clock.now().micros);
  answers.answer(call, result);
}

void PeerDoor::onFetched(OpId op, NodeId /*from*/, FetchReply reply) {
  impl_->answerFetch(impl_->endRequest(op).call, std::move(reply));
}

void PeerDoor::Impl::ping(const Call& call, thrift::PingRequest& request) {
  if (refusedBeforeHello(call)) return;
  observe(request.__isset.hybridTime, request.hybridTime);
  hear(call, request);
  thrift::Replica_ping_result result;
  result.__isset.success = true;
  stamp(result.success);
  tell(call, result.success, {});
  answers.answerFirst(call, result);
}

// First what the asker says: the answer may be about it.
template <typename Request>
void PeerDoor::Impl::hear(const Call& call, const Request& request) {
  if (env.gossip == nullptr || !request.__isset.claims) return;
  env.gossip->onClaims(greeted.at(call.ticket.connection).node, toCore(request.claims));
}

template <typename Answer>
void PeerDoor::Impl::tell(const Call& call, Answer& answer, std::vector<Claim> claims) {
  const auto asker = greeted.find(call.ticket.connection);
  if (env.gossip != nullptr && asker != greeted.end()) {
    const std::vector<Claim> more = env.gossip->claimsFor(asker->second.node);
    claims.insert(claims.end(), more.begin(), more.end());
  }
  if (!claims.empty()) answer.__set_claims(toThrift(claims));
}

void PeerDoor::Impl::pingReq(const Call& call, thrift::PingReqRequest& request) {
  if (refusedBeforeHello(call)) return;
  if (env.gossip == nullptr || !request.__isset.member) {
    return answers.refuse(call, Answerer::ApplicationError::PROTOCOL_ERROR,
                          "a pingReq needs its member, and a node that gossips");
  }
  observe(request.__isset.hybridTime, request.hybridTime);
  hear(call, request);
  const NodeId member = toNode(request.member);
  const MonoTime deadline = deadlineOf(call, request);
  env.gossip->relay(begin(call, member), sink, member, deadline);
}

void PeerDoor::onRelayed(OpId op, bool reached) {
  const Impl::Asked asked = impl_->end(op);
  thrift::Replica_pingReq_result result;
  result.__isset.success = true;
  result.success.__set_reached(reached);
  impl_->stamp(result.success);
  impl_->tell(asked.call, result.success, {impl_->env.gossip->heldOf(asked.member)});
  impl_->answers.answerFirst(asked.call, result);
}

PeerDoor::PeerDoor(PeerDoorOptions options, PeerDoorEnv env)
    : impl_(std::make_unique<Impl>(std::move(options), env, *this)) {}

PeerDoor::~PeerDoor() = default;

void PeerDoor::attach(Replies* replies) { impl_->answers.attach(replies); }

Status PeerDoor::onMessage(Ticket ticket, BytesView message, MonoTime firstByte) {
  return dispatch<Impl>(Impl::methods, *impl_, impl_->decoder, impl_->answers, ticket, message,
                        firstByte);
}

void PeerDoor::onClosed(ConnectionId connection) { impl_->greeted.erase(connection); }

std::size_t PeerDoor::operations() const { return impl_->operations.size(); }

}  // namespace henge::wire
