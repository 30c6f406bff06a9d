// The requests and answers of a link; its life is in peer_link.cc.
#include <algorithm>
#include <thrift_gen/Replica.h>
#include <utility>

#include "core/rehearsal.h"
#include "wire/convert_replica.h"
#include "wire/peer_link.h"

namespace henge::wire {

namespace {

constexpr std::uint64_t flushToken = 1;
constexpr std::uint64_t unsentToken = 2;

// Of answers: a hello's features are the longest list there is.
constexpr GuardLimits answerLimits{32, 65'536, 128};

constexpr std::size_t bytesBesideRow = 512;

// So much of what is left to the asker a relay gets: its word must arrive in time too.
constexpr std::int64_t relayPercent = 80;

// Rounded up: what is left must not become nothing on its way.
std::int64_t millisLeft(MonoTime deadline, MonoTime now) {
  return ((deadline - now).micros + 999) / 1000;
}

Error undecodable(const std::string& what) {
  return {ErrorKind::corrupt, "an answer that cannot be understood: " + what};
}

}  // namespace

std::optional<PeerLink::NotSent> PeerLink::reasonNotToSend(MonoTime deadline,
                                                           std::size_t bytes) const {
  if (state_ != State::up) {
    henge::probe("link: asked while it is down");
    return NotSent{"link to " + toString(peer_.id) + " is down" +
                   (noted_.empty() ? "" : ": " + noted_)};
  }
  if (bytes > frameBytesMax_) {
    return NotSent{"the record is larger than a frame to " + toString(peer_.id) + " may be",
                   Refusal::invalid};
  }
  if (deadline <= env_.clock.now()) return NotSent{"the deadline had passed before it was sent"};
  if (const auto limit = reachesLimit(bytes)) return NotSent{*limit, Refusal::overloaded};
  return std::nullopt;
}

// What was given up at its deadline is no request any more, but may still wait here to be sent.
std::optional<std::string> PeerLink::reachesLimit(std::size_t bytes) const {
  const std::size_t held = std::max(pending_.bytes(), stream_->output().bytes());
  const bool many = pending_.requests() >= options_.requestsInFlightMax;
  const bool large = held + bytes > options_.bytesInFlightMax;
  if (!many && !large && !maybe("link: as if full")) return std::nullopt;
  henge::probe("link: full");
  return "overloaded: in flight to " + toString(peer_.id) + " are " +
         std::to_string(pending_.requests()) + " requests of " + std::to_string(held) + " bytes" +
         (large ? " (peer_bytes_max " + std::to_string(options_.bytesInFlightMax) + ")"
                : " (peer_requests_max " + std::to_string(options_.requestsInFlightMax) + ")");
}

void PeerLink::apply(OpId op, ports::ReplicaSink& sink, ApplyRequest request) {
  PendingCall call{.kind = CallKind::apply, .op = op, .sink = &sink, .deadline = request.deadline};
  const std::size_t bytes = request.record.bytes() + bytesBesideRow;
  if (auto why = reasonNotToSend(request.deadline, bytes)) return refuseLater(call, *why);
  thrift::ApplyRequest out = toThrift(std::move(request));
  ask<thrift::Replica_apply_args>(call, "apply", out);
}

void PeerLink::fetch(OpId op, ports::ReplicaSink& sink, FetchRequest request) {
  PendingCall call{.kind = CallKind::fetch, .op = op, .sink = &sink, .deadline = request.deadline};
  const std::size_t bytes = request.key.size() + bytesBesideRow;
  if (auto why = reasonNotToSend(request.deadline, bytes)) return refuseLater(call, *why);
  thrift::FetchRequest out = toThrift(std::move(request));
  ask<thrift::Replica_fetch_args>(call, "fetch", out);
}

void PeerLink::probe(OpId op, ports::ProbeSink& sink, MonoTime deadline) {
  const PendingCall call{.op = op, .prober = &sink, .deadline = deadline};
  state_ == State::up ? ping(call) : refuseLater(call, {"link is down"});
}

void PeerLink::ping(PendingCall call) {
  call.kind = CallKind::ping;
  thrift::PingRequest request;
  ask<thrift::Replica_ping_args>(call, "ping", request);
}

void PeerLink::probeThrough(NodeId member, OpId op, ports::ProbeSink& sink, MonoTime deadline) {
  const PendingCall call{
      .kind = CallKind::pingReq, .op = op, .prober = &sink, .deadline = deadline};
  if (state_ != State::up) return refuseLater(call, {"link is down"});
  thrift::PingReqRequest request;
  request.__set_member(toThrift(member));
  const MonoTime now = env_.clock.now();
  const Duration left = deadline - now;
  request.__set_deadlineMs(millisLeft(now + Duration{left.micros * relayPercent / 100}, now));
  ask<thrift::Replica_pingReq_args>(call, "pingReq", request);
}

template <typename Args, typename Request>
void PeerLink::ask(PendingCall call, const char* name, Request& request) {
  if constexpr (requires { request.__set_sender(0); }) {
    const PeerHello& me = env_.me.hello();
    request.__set_deadlineMs(millisLeft(call.deadline, env_.clock.now()));
    request.__set_cluster(toSigned(options_.cluster->id.value));
    request.__set_sender(toThrift(options_.self));
    request.__set_senderBoot(toSigned(me.incarnation.boot));
    request.__set_hybridTime(env_.stamps.hybridNow());
  }
  if constexpr (requires { request.claims; }) {
    request.__set_hybridTime(env_.stamps.hybridNow());
    if (env_.gossip != nullptr) {
      const std::vector<Claim> claims = env_.gossip->claimsFor(peer_.id);
      if (!claims.empty()) request.__set_claims(toThrift(claims));
    }
  }
  Args args;
  args.request = std::move(request);
  args.__isset.request = true;
  const std::int32_t seqid = pending_.nextSeqid();
  send(call, seqid, codec_.encoder.write({Encoding::binary, MessageKind::call, name, seqid}, args));
}

template void PeerLink::ask<thrift::Replica_hello_args>(PendingCall, const char*,
                                                        thrift::PeerHelloRequest&);

void PeerLink::send(PendingCall call, std::int32_t seqid, Bytes frame) {
  call.streamOffset = stream_->output().appendedEver();
  call.bytes = frame.size();
  call.askedAt = env_.clock.now();
  pending_.add(seqid, call);
  if (call.kind == CallKind::ping || call.kind == CallKind::pingReq) {
    stream_->output().appendFirst(std::move(frame));
  } else {
    stream_->output().append(std::move(frame));
  }
  ++streams_.counters.framesOut;
  if (!std::exchange(flushing_, true)) env_.timers.atRoundEnd(*this, flushToken);
  arm();
}

Status PeerLink::onFrame(BytesView frame, MonoTime /*firstByte*/) {
  const Result<MessageHead> head = inspect(frame, answerLimits);
  if (!head.ok()) return head.error();
  if (std::exchange(pinged_, false)) {
    heard_ = stream_->lastReceived();
    arm();
  }
  const std::optional<PendingCall> call = pending_.take(head->seqid);
  if (!call) {
    henge::probe("link: an answer after its deadline");
    return onLateAnswer(*head);
  }
  if (head->kind == MessageKind::exception) return onException(*call, *head);
  if (head->kind != MessageKind::reply) return undecodable("it is no reply");
  return onAnswer(*call, *head);
}

// Whoever asked has its answer. But of a write it hears what became of it after all; and what a
// probe's answer bears may be the refutation of an accusation.
Status PeerLink::onLateAnswer(const MessageHead& head) {
  std::optional<PendingCall> call = pending_.takeLate(head.seqid);
  if (!call || head.kind != MessageKind::reply) return {};
  call->prober = nullptr;
  return onAnswer(*call, head);
}

Status PeerLink::onAnswer(const PendingCall& call, const MessageHead& head) {
  switch (call.kind) {
    case CallKind::hello:
      onGreeted(head);
      return {};
    case CallKind::ping: {
      thrift::Replica_ping_result result;
      Status read = codec_.decoder.read(head, result);
      noteLatency(call);
      if (read.ok()) learn(result.success);
      if (call.prober != nullptr) call.prober->onProbed(call.op, peer_.id, true);
      return read;
    }
    case CallKind::pingReq: {
      thrift::Replica_pingReq_result result;
      Status read = codec_.decoder.read(head, result);
      if (read.ok()) learn(result.success);
      if (call.prober != nullptr) {
        call.prober->onProbedThrough(call.op, peer_.id, true, result.success.reached);
      }
      return read;
    }
    case CallKind::apply: {
      thrift::Replica_apply_result result;
      Status read = codec_.decoder.read(head, result);
      if (read.ok()) learn(result.success);
      call.sink->onApplied(call.op, peer_.id, toCore(result.success));
      return read;
    }
    case CallKind::fetch: {
      thrift::Replica_fetch_result result;
      Status read = codec_.decoder.read(head, result);
      noteLatency(call);
      if (read.ok()) learn(result.success);
      call.sink->onFetched(call.op, peer_.id, toCore(result.success));
      return read;
    }
  }
  return {};
}

// An exception is what no method of Replica declares: of a write it leaves everything open.
Status PeerLink::onException(const PendingCall& call, const MessageHead& head) {
  apache::thrift::TApplicationException exception;
  Status read = codec_.decoder.read(head, exception);
  const std::string message =
      toString(peer_.id) + " answered: " + (read.ok() ? exception.what() : "an exception");
  switch (call.kind) {
    case CallKind::hello:
      refuse(message);
      break;
    case CallKind::ping:
    case CallKind::pingReq:
      answerUnreachable(call, true, message);
      break;
    case CallKind::apply: {
      ApplyReply reply;
      reply.outcome = ApplyOutcome::failed;
      reply.message = message;
      call.sink->onApplied(call.op, peer_.id, std::move(reply));
      break;
    }
    case CallKind::fetch: {
      FetchReply reply;
      reply.outcome = FetchOutcome::refused;
      reply.message = message;
      call.sink->onFetched(call.op, peer_.id, std::move(reply));
      break;
    }
  }
  return read;
}

template <typename Answer>
void PeerLink::learn(const Answer& answer) {
  if (answer.hybridTime > 0) env_.stamps.observeTime(answer.hybridTime);
  if (answer.wallTime > 0) env_.stamps.hearClock(peer_.id, {answer.wallTime});
  if (answer.__isset.synced) {
    const LogPosition synced = toCore(answer.synced);
    if (synced > synced_) env_.peerEvents.onSynced(peer_.id, synced);
    synced_ = std::max(synced_, synced);
  }
  if constexpr (requires { answer.claims; }) {
    if (answer.__isset.claims && env_.gossip != nullptr) {
      env_.gossip->onClaims(peer_.id, toCore(answer.claims));
    }
  }
}

// What came while this process stood still was not read: its time says nothing of the peer.
void PeerLink::noteLatency(const PendingCall& call) {
  if (env_.latencies == nullptr || alarms_.stoodStillSince(call.askedAt)) return;
  const Duration took = env_.clock.now() - call.askedAt;
  call.kind == CallKind::fetch ? env_.latencies->onFetched(peer_.id, took)
                               : env_.latencies->onPinged(peer_.id, took);
}

void PeerLink::noteExpired(const PendingCall& call) {
  if (call.kind != CallKind::fetch || env_.latencies == nullptr) return;
  if (alarms_.stoodStillSince(call.askedAt)) return;
  env_.latencies->onFetchExpired(peer_.id, env_.clock.now() - call.askedAt);
}

void PeerLink::refuseLater(const PendingCall& call, NotSent why) {
  if (unsent_.empty()) env_.timers.atRoundEnd(*this, unsentToken);
  unsent_.push_back({call, std::move(why)});
}

void PeerLink::answerUnsent() {
  const std::vector<Unsent> unsent = std::exchange(unsent_, {});
  for (const Unsent& one : unsent) {
    if (one.why.refusal != Refusal::none) {
      answerRefused(one.call, one.why);
    } else {
      answerUnreachable(one.call, false, one.why.reason);
    }
  }
}

// In the place of the peer, which is not asked: so this node's word is as good as its.
void PeerLink::answerRefused(const PendingCall& call, const NotSent& why) {
  if (call.kind == CallKind::apply) {
    ApplyReply reply;
    reply.outcome = ApplyOutcome::refused;
    reply.refusal = why.refusal;
    reply.message = why.reason;
    call.sink->onApplied(call.op, peer_.id, std::move(reply));
  } else {
    FetchReply reply;
    reply.outcome = FetchOutcome::refused;
    reply.refusal = why.refusal;
    reply.message = why.reason;
    call.sink->onFetched(call.op, peer_.id, std::move(reply));
  }
}

void PeerLink::answerUnreachable(const PendingCall& call, bool sent, const std::string& reason) {
  if (call.kind == CallKind::apply) {
    ApplyReply reply;
    reply.outcome = ApplyOutcome::unreachable;
    reply.sent = sent;
    reply.message = reason;
    call.sink->onApplied(call.op, peer_.id, std::move(reply));
  } else if (call.kind == CallKind::fetch) {
    FetchReply reply;
    reply.outcome = FetchOutcome::unreachable;
    reply.message = reason;
    call.sink->onFetched(call.op, peer_.id, std::move(reply));
  } else if (call.prober != nullptr && call.kind == CallKind::ping) {
    call.prober->onProbed(call.op, peer_.id, false);
  } else if (call.prober != nullptr) {
    call.prober->onProbedThrough(call.op, peer_.id, false, false);
  }
}

}  // namespace henge::wire
