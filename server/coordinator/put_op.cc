#include "server/coordinator/put_op.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "core/hybrid_clock.h"
#include "core/rehearsal.h"

namespace henge::coordinator {

PutOp::PutOp(OpContext& context, OpId op, Client client, PutRequest request)
    : context_(context),
      op_(op),
      client_(client),
      request_(std::move(request)),
      trace_(PutTrace::ifAsked(context_, op_, request_)) {
  ++context_.counters.writes;
}

// Who lacks what then has no hint: a read or a repair must bring it.
PutOp::~PutOp() {
  if (!ended_ && tally_ && tally_->acknowledged() > 0)
    probe("put: its coordinator ends between two replicas");
}

void PutOp::start() {
  if (auto error = checkRequest()) return refuse(*std::move(error));
  plan_ = planWrite(context_.ring, context_.env.membership.upSet(), request_.key,
                    request_.context.level);
  if (trace_) trace_->planned(request_.key, plan_);
  if (!plan_.feasible()) return refuse(unavailable(plan_));
  waitsForStamp_ = !stamp();
  if (trace_) trace_->stamped(version_);
  if (waitsForStamp_) return probe("put: waits for the clock's ceiling");
  send();
}

// What can be refused without asking anyone. A stamp that leads the clocks would beat every write
// of the next hours, so it does not get into the cluster.
std::optional<RequestError> PutOp::checkRequest() const {
  const Limits& limits = context_.options.limits;
  if (auto error = checkCommon(request_.context, request_.key, limits, context_.env.clock.now(),
                               context_.ring.replication())) {
    return error;
  }
  if (const Status value = checkValue(limits, request_.value); !value.ok()) {
    return invalid(value.error().message, limits.valueBytesMax);
  }
  if (request_.kind == RecordKind::tombstone && !request_.value.empty()) {
    return invalid("a remove carries no value");
  }
  if (!request_.version) return std::nullopt;
  if (request_.version->timestamp <= 0) {
    return invalid("a version's timestamp is microseconds since 1970 and must be positive, not " +
                   std::to_string(request_.version->timestamp));
  }
  if (isTooFarAhead(*request_.version, context_.env.stamps.hybridNow(), limits.stampAheadMaxMs)) {
    return invalid("the version is more than " + std::to_string(limits.stampAheadMaxMs) +
                       " ms ahead of this node's clock",
                   limits.stampAheadMaxMs);
  }
  return std::nullopt;
}

bool PutOp::stamp() {
  if (request_.version) {
    version_ = *request_.version;
    context_.env.stamps.observe(version_);
    return true;
  }
  const std::optional<Version> stamped = context_.env.stamps.stamp();
  if (!stamped) return false;
  version_ = *stamped;
  return true;
}

// To every live replica, though fewer must answer: so that as few as possible lack it.
void PutOp::send() {
  tally_.emplace(plan_.live, plan_.required);
  apply_.record.key = std::move(request_.key);
  apply_.record.version = version_;
  apply_.record.kind = request_.kind;
  apply_.record.value = std::move(request_.value);
  apply_.source = Source::client;
  apply_.deadline = deadline();
  apply_.epoch = context_.ring.cluster().epoch;
  apply_.dispatchedAtMicros = std::max(context_.env.stamps.hybridNow(), version_.timestamp);
  apply_.traceId = trace_ ? trace_->id() : 0;
  for (const NodeId node : plan_.live) {
    if (trace_) trace_->sent(node, apply_.record);
    context_.env.peers.apply(node, op_, context_.answers, apply_);
  }
}

void PutOp::onApplied(NodeId from, const ApplyReply& reply) {
  assert(!ended_);
  if (trace_) trace_->answered(from, reply);
  const bool holds =
      reply.outcome == ApplyOutcome::applied || reply.outcome == ApplyOutcome::superseded;
  if (!(holds ? tally_->accept(from) : tally_->reject(from))) {  // repeated, or not asked
    if (holds) context_.env.hints.cancel(op_, from);
    return;
  }
  if (reply.outcome == ApplyOutcome::applied) ++tookAsNewest_;
  if (reply.outcome == ApplyOutcome::superseded) context_.env.stamps.observe(reply.held);
  if (!holds) dropOuts_.push_back(dropOutOf(from, reply));
  hint(missed());
  answerWhenDecided();
  if (tally_->waiting().empty()) end();
}

void PutOp::onDeadline() {
  if (waitsForStamp_) {
    return refuse(
        overloaded("no stamp in time: the clock's reserve lags, or a crash was just now"));
  }
  hint(missed());
  hint(tally_->waiting());
  if (!answered_) answerFailed();
  end();
}

// Not before somebody has it: what every replica refused must never appear. From then on it may, so
// whoever lacks it is to get it. The client's answer never waits for this.
void PutOp::hint(const std::vector<NodeId>& lacking) {
  if (tally_->acknowledged() == 0) return;
  for (const NodeId node : lacking) {
    if (std::find(hinted_.begin(), hinted_.end(), node) != hinted_.end()) continue;
    hinted_.push_back(node);
    if (trace_) trace_->hinted(node);
    context_.env.hints.keep(op_, node, apply_.record, apply_.dispatchedAtMicros);
  }
}

void PutOp::answerWhenDecided() {
  if (answered_) return;
  switch (tally_->verdict()) {
    case Verdict::pending:
      return;
    case Verdict::met:
      return answerApplied();
    case Verdict::impossible:
      return answerFailed();
  }
}

void PutOp::answerApplied() {
  PutAnswer answered;
  answered.outcome = Outcome::applied;
  answered.superseded = tookAsNewest_ < plan_.required;
  ++context_.counters.writesApplied;
  if (answered.superseded) {
    ++context_.counters.writesSuperseded;
    probe("put: applied but superseded");
  }
  answer(std::move(answered));
}

void PutOp::answerFailed() {
  PutAnswer answered;
  notApplied_ = surelyNotApplied();
  answered.outcome = notApplied_ ? Outcome::surelyNotApplied : Outcome::unknown;
  std::vector<NodeId> missing = missed();
  missing.insert(missing.end(), tally_->waiting().begin(), tally_->waiting().end());
  if (notApplied_ || saysOverloaded()) {
    answered.error = refusedByAll(dropOuts_, plan_.required, std::move(missing));
  } else {
    answered.error = timedOut("the write may or may not surface", plan_.required,
                              tally_->acknowledged(), std::move(missing), dropOuts_);
  }
  if (notApplied_) {
    probe("put: refused by every replica");
    countRefused(answered.error->kind);
  } else {
    ++context_.counters.writesUnknown;
    probe(tally_->acknowledged() > 0 ? "put: unknown, some have it" : "put: unknown, none said so");
  }
  answer(std::move(answered));
}

// Too many refused for one reason that passes. Some may still be silent, so the outcome is unknown,
// but the client does better to come back later than to go elsewhere.
bool PutOp::saysOverloaded() const {
  return tally_->verdict() == Verdict::impossible && tally_->acknowledged() == 0 &&
         std::all_of(dropOuts_.begin(), dropOuts_.end(),
                     [](const DropOut& d) { return d.refusal == Refusal::overloaded; });
}

// Nobody has it, nobody may get it: all were heard, and none had begun.
bool PutOp::surelyNotApplied() const {
  return tally_->acknowledged() == 0 && tally_->waiting().empty() &&
         std::all_of(dropOuts_.begin(), dropOuts_.end(),
                     [](const DropOut& d) { return d.surelyNothing; });
}

void PutOp::refuse(RequestError error) {
  assert(!tally_);
  notApplied_ = true;
  countRefused(error.kind);
  PutAnswer answered;
  answered.outcome = Outcome::surelyNotApplied;
  answered.needed = error.needed;
  answered.error = std::move(error);
  if (request_.version) version_ = *request_.version;
  answer(std::move(answered));
  ended_ = true;
}

void PutOp::answer(PutAnswer answered) {
  assert(!answered_);
  answered_ = true;
  answered.version = version_;
  answered.replicas = context_.ring.replication();
  if (tally_) {
    answered.needed = plan_.required;
    answered.acknowledged = tally_->acknowledged();
    answered.acknowledgedBy = tally_->accepted();
    if (!notApplied_) answered.missed = missed();
  }
  if (trace_) answered.trace = std::exchange(trace_, nullptr)->closed(answered);
  client_.sink.onPut(client_.op, std::move(answered));
}

// A replica that stayed silent until the deadline may hold the write, but nobody knows: it counts
// as one that lacks it until something has looked.
void PutOp::end() {
  assert(answered_);
  ended_ = true;
  if (notApplied_) return;
  const std::size_t lacking = missed().size() + tally_->waiting().size();
  context_.counters.replicasMissed += lacking;
  if (lacking > 0) ++context_.counters.writesMissing;
}

std::vector<NodeId> PutOp::missed() const {
  std::vector<NodeId> nodes = plan_.missing;
  for (const DropOut& dropOut : dropOuts_) nodes.push_back(dropOut.node);
  return nodes;
}

void PutOp::countRefused(RequestErrorKind kind) {
  Counters& counters = context_.counters;
  if (kind == RequestErrorKind::unavailable) {
    ++counters.writesUnavailable;
  } else if (kind == RequestErrorKind::overloaded) {
    ++counters.writesOverloaded;
  } else {
    ++counters.writesInvalid;
  }
}

}  // namespace henge::coordinator
