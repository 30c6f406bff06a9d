#include "server/coordinator/get_op.h"

#include <algorithm>
#include <cassert>

#include "core/rehearsal.h"

namespace henge::coordinator {

GetOp::GetOp(OpContext& context, OpId op, Client client, GetRequest request)
    : context_(context), op_(op), client_(client), request_(std::move(request)) {
  ++context_.counters.reads;
}

void GetOp::start() {
  if (auto error = checkCommon(request_.context, request_.key, context_.options.limits,
                               context_.env.clock.now(), context_.ring.replication())) {
    return fail(*std::move(error));
  }
  plan_ = planRead(context_.ring, context_.env.membership.upSet(), request_.key,
                   request_.context.level, context_.options.self);
  if (!plan_.feasible()) return fail(unavailable(plan_));
  if (maybe("get: the last owners first")) std::reverse(plan_.order.begin(), plan_.order.end());
  asked_ = static_cast<std::size_t>(plan_.required);
  const std::vector<NodeId> first(plan_.order.begin(), plan_.order.begin() + plan_.required);
  reading_.emplace(first, plan_.required);
  for (const NodeId node : first) ask(node);
}

void GetOp::refuse(RequestError error) { fail(std::move(error)); }

void GetOp::ask(NodeId node) {
  FetchRequest fetch;
  fetch.key = request_.key;
  fetch.deadline = deadline();
  fetch.epoch = context_.ring.cluster().epoch;
  context_.env.peers.fetch(node, op_, context_.answers, std::move(fetch));
}

void GetOp::onFetched(NodeId from, FetchReply reply) {
  assert(!ended_);
  if (take(from, std::move(reply))) decideReading();
}

// False: a repeated answer, or one nobody asked for.
bool GetOp::take(NodeId from, FetchReply reply) {
  const bool held = reply.outcome == FetchOutcome::held;
  if (held && reply.record.key != request_.key) {
    reply.outcome = FetchOutcome::refused;
    reply.refusal = Refusal::invalid;
    reply.message = "answered with another key";
  }
  if (reply.outcome == FetchOutcome::held || reply.outcome == FetchOutcome::absent) {
    if (!reading_->accept(from)) return false;
    if (!held) return merge_.add(from, std::nullopt), true;
    context_.env.stamps.observe(reply.record.version);
    return merge_.add(from, std::move(reply.record)), true;
  }
  if (!reading_->reject(from)) return false;
  dropOuts_.push_back(dropOutOf(from, reply));
  if (const auto next = nextOwner()) {
    reading_->contact(*next);
    ask(*next);
  }
  return true;
}

std::optional<NodeId> GetOp::nextOwner() {
  if (asked_ == plan_.order.size()) return std::nullopt;
  ++context_.counters.ownersReplaced;
  probe("get: another owner is asked");
  return plan_.order[asked_++];
}

void GetOp::decideReading() {
  if (holding_) return;
  switch (reading_->verdict()) {
    case Verdict::pending:
      return;
    case Verdict::met:
      return makeSure();
    case Verdict::impossible: {
      std::vector<NodeId> missing = plan_.missing;
      for (const DropOut& dropOut : dropOuts_) missing.push_back(dropOut.node);
      RequestError error = refusedByAll(dropOuts_, plan_.required, std::move(missing));
      if (error.kind == RequestErrorKind::unavailable) {
        error.alive = static_cast<int>(plan_.order.size() - dropOuts_.size());
      }
      return fail(std::move(error));
    }
  }
}

// All that were needed have answered. Where they differ the newest is not yet safe: the ones that
// hold it may be too few for the next read to meet one of them.
void GetOp::makeSure() {
  const std::vector<NodeId> stale = merge_.stale();
  if (stale.empty()) return answerNewest();
  ++context_.counters.readsRepairing;
  probe(merge_.newest()->isTombstone() ? "get: writes a tombstone back"
                                       : "get: writes a value back");
  if (stale.size() > 1) probe("get: writes back to several");
  holding_.emplace(reading_->accepted(), plan_.required);
  for (const NodeId node : merge_.current()) holding_->accept(node);
  for (const NodeId node : stale) writeBack(node);
}

// The same record under the same version, through the same gate as any write.
void GetOp::writeBack(NodeId node) {
  ApplyRequest apply;
  apply.record = *merge_.newest();
  apply.source = Source::readRepair;
  apply.deadline = deadline();
  apply.epoch = context_.ring.cluster().epoch;
  apply.dispatchedAtMicros =
      std::max(context_.env.stamps.hybridNow(), apply.record.version.timestamp);
  context_.env.peers.apply(node, op_, context_.answers, std::move(apply));
}

void GetOp::onApplied(NodeId from, const ApplyReply& reply) {
  assert(!ended_);
  if (!holding_) return;  // nothing was written back yet: nobody asked for this answer
  const bool holds =
      reply.outcome == ApplyOutcome::applied || reply.outcome == ApplyOutcome::superseded;
  if (!(holds ? holding_->accept(from) : holding_->reject(from))) return;  // repeated
  if (reply.outcome == ApplyOutcome::superseded) {
    context_.env.stamps.observe(reply.held);
    probe("get: write-back raced with a newer write");
  }
  if (reply.outcome == ApplyOutcome::applied) {
    repaired_.push_back(from);
    ++context_.counters.repairsWritten;
  }
  if (!holds) {
    dropOuts_.push_back(dropOutOf(from, reply));
    if (const auto next = nextOwner()) {
      holding_->contact(*next);
      writeBack(*next);
    }
  }
  decideHolding();
}

void GetOp::decideHolding() {
  switch (holding_->verdict()) {
    case Verdict::pending:
      return;
    case Verdict::met:
      return answerNewest();
    case Verdict::impossible:
      return fail(tooLate());
  }
}

void GetOp::onDeadline() {
  probe(holding_ ? "get: deadline while writing back" : "get: deadline while reading");
  fail(tooLate());
}

RequestError GetOp::tooLate() const {
  std::vector<NodeId> missing = plan_.missing;
  for (const DropOut& dropOut : dropOuts_) missing.push_back(dropOut.node);
  const AckTally& tally = holding_ ? *holding_ : *reading_;
  missing.insert(missing.end(), tally.waiting().begin(), tally.waiting().end());
  return timedOut(holding_ ? "the newest record could not be brought to enough replicas"
                           : "too few replicas answered",
                  plan_.required, tally.acknowledged(), std::move(missing), dropOuts_);
}

void GetOp::answerNewest() {
  GetAnswer answered;
  if (const Record* newest = merge_.newest()) answered.record = *newest;
  answered.acknowledged = holding_ ? holding_->acknowledged() : reading_->acknowledged();
  ++context_.counters.readsAnswered;
  answer(std::move(answered));
}

void GetOp::fail(RequestError error) {
  Counters& counters = context_.counters;
  switch (error.kind) {
    case RequestErrorKind::unavailable:
      ++counters.readsUnavailable;
      break;
    case RequestErrorKind::overloaded:
      ++counters.readsOverloaded;
      break;
    case RequestErrorKind::timeout:
      ++counters.readsTimeout;
      break;
    case RequestErrorKind::invalidRequest:
    case RequestErrorKind::rebuilding:
    case RequestErrorKind::unsupported:
      ++counters.readsInvalid;
      break;
  }
  GetAnswer answered;
  answered.acknowledged = error.acknowledged;
  answered.needed = error.needed;
  answered.error = std::move(error);
  answer(std::move(answered));
}

void GetOp::answer(GetAnswer answered) {
  assert(!ended_);
  ended_ = true;
  if (reading_) {
    answered.needed = plan_.required;
    answered.answeredBy = reading_->accepted();
  }
  answered.replicas = context_.ring.replication();
  answered.repaired = repaired_;
  client_.sink.onGot(client_.op, std::move(answered));
}

}  // namespace henge::coordinator
