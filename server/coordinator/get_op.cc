#include "server/coordinator/get_op.h"

#include <algorithm>
#include <cassert>
#include <utility>

#include "core/rehearsal.h"

namespace henge::coordinator {
namespace {

// A write-back takes a sync: later than this another owner is written as well.
constexpr Duration writeBackOverdue = 50_ms;

bool isAnswer(const FetchReply& reply) {
  return reply.outcome == FetchOutcome::held || reply.outcome == FetchOutcome::absent;
}

// What stands in the place of an answer that must not be used.
FetchReply unusable(std::string message) {
  FetchReply reply;
  reply.outcome = FetchOutcome::refused;
  reply.refusal = Refusal::invalid;
  reply.message = std::move(message);
  return reply;
}

bool contains(const std::vector<NodeId>& nodes, NodeId node) {
  return std::find(nodes.begin(), nodes.end(), node) != nodes.end();
}

}  // namespace

GetOp::GetOp(OpContext& context, OpId op, Client client, GetRequest request)
    : context_(context),
      op_(op),
      client_(client),
      request_(std::move(request)),
      trace_(GetTrace::ifAsked(context_, op_, request_)) {
  ++context_.counters.reads;
}

void GetOp::start() {
  const MonoTime now = context_.env.clock.now();
  if (auto error = checkCommon(request_.context, request_.key, context_.options.limits, now,
                               context_.ring.replication())) {
    return fail(*std::move(error));
  }
  plan_ = planRead(context_.ring, context_.env.membership.upSet(), request_.key,
                   request_.context.level, context_.options.self);
  if (trace_) trace_->planned(plan_);
  if (!plan_.feasible()) return fail(unavailable(plan_));
  if (maybe("get: the last owners first")) std::reverse(plan_.order.begin(), plan_.order.end());
  std::stable_partition(plan_.order.begin(), plan_.order.end(),
                        [&](NodeId node) { return !context_.pace.isStuck(node, now); });
  context_.pace.onRead();

  next_ = static_cast<std::size_t>(plan_.required);
  const std::vector<NodeId> first(plan_.order.begin(), plan_.order.begin() + plan_.required);
  reading_.emplace(first, plan_.required);
  Duration patience;
  for (const NodeId node : first) {
    ask(node, node == first.front());
    patience = std::max(patience, context_.pace.overdueAfter(node));
  }
  wakeIfOverdue(maybe("get: impatient") ? Duration{} : patience);
}

void GetOp::refuse(RequestError error) { fail(std::move(error)); }

void GetOp::ask(NodeId node, bool withValue) {
  const MonoTime now = context_.env.clock.now();
  const auto known = std::find_if(asked_.begin(), asked_.end(),
                                  [node](const Asked& asked) { return asked.node == node; });
  if (known == asked_.end()) {
    asked_.push_back({node, now});
  } else {
    known->at = now;
  }
  if (trace_) trace_->asked(node, withValue);
  FetchRequest fetch;
  fetch.key = request_.key;
  fetch.withValue = withValue;
  fetch.deadline = deadline();
  fetch.epoch = context_.ring.cluster().epoch;
  fetch.traceId = trace_ ? trace_->id() : 0;
  context_.env.peers.fetch(node, op_, context_.answers, std::move(fetch));
}

void GetOp::onFetched(NodeId from, FetchReply reply) {
  assert(!ended_);
  if (reply.outcome == FetchOutcome::held && reply.record.key != request_.key) {
    reply = unusable("answered with another key");
  }
  if (trace_) trace_->fetched(from, reply);
  if (holding_) return takeHolding(from, reply);
  if (isFetching(from)) {
    takeValue(from, reply);
  } else if (!take(from, reply)) {
    return;
  }
  decideReading();
}

// False: a repeated answer, or one nobody asked for.
bool GetOp::take(NodeId from, FetchReply& reply) {
  if (!isAnswer(reply)) {
    if (!reading_->reject(from)) return false;
    dropOut(from, reply);
    return true;
  }
  if (!reading_->accept(from)) return false;
  measure(from);
  if (reply.outcome == FetchOutcome::absent) return merge_.add(from, std::nullopt), true;
  context_.env.stamps.observe(reply.record.version);
  merge_.add(from, HeldRecord{std::move(reply.record), reply.digest, reply.hasValue});
  return true;
}

// It had answered with a digest. Without the value behind it that answer is worth nothing.
void GetOp::takeValue(NodeId from, FetchReply& reply) {
  std::erase(fetching_, from);
  if (reply.outcome == FetchOutcome::held && reply.hasValue) {
    measure(from);
    context_.env.stamps.observe(reply.record.version);
    return merge_.replace(from, HeldRecord{std::move(reply.record), reply.digest, true});
  }
  if (isAnswer(reply)) reply = unusable("answered without the value it had told the digest of");
  probe("get: the value behind a digest did not come");
  merge_.forget(from);
  reading_->withdraw(from);
  dropOut(from, reply);
}

// Enough had answered, and the newest is being written back. One that was silent until now holds
// it, or is written to as well: those that were chosen first may be the ones that fail.
void GetOp::takeHolding(NodeId from, const FetchReply& reply) {
  if (!isAnswer(reply)) return static_cast<void>(reading_->reject(from));
  if (!reading_->accept(from)) return;
  measure(from);
  const Record& newest = *merge_.newest();
  const bool held = reply.outcome == FetchOutcome::held;
  if (held) context_.env.stamps.observe(reply.record.version);
  const bool holds =
      held && (reply.record.version > newest.version ||
               (reply.record.version == newest.version && reply.digest == digestOf(newest)));
  const bool isWritten = contains(written_, from);
  if (!isWritten) holding_->contact(from);
  if (holds) {
    probe("get: one that was silent holds the newest");
    holding_->accept(from);
  } else if (!isWritten) {
    writeBack(from);
  }
  decideHolding();
}

void GetOp::measure(NodeId from) {
  const MonoTime now = context_.env.clock.now();
  for (const Asked& asked : asked_) {
    if (asked.node == from) context_.pace.onAnswered(from, now - asked.at, now);
  }
}

void GetOp::dropOut(NodeId from, const FetchReply& reply) {
  dropOuts_.push_back(dropOutOf(from, reply));
  if (next_ == plan_.order.size()) return;
  ++context_.counters.ownersReplaced;
  probe("get: another owner is asked");
  if (trace_) trace_->droppedOut(from);
  askNext();
}

// Precondition: there is one.
void GetOp::askNext() {
  const NodeId node = *nextOwner();
  reading_->contact(node);
  ask(node, needsValue());
}

std::optional<NodeId> GetOp::nextOwner() {
  if (next_ == plan_.order.size()) return std::nullopt;
  return plan_.order[next_++];
}

// Whether no value has come of what is newest so far.
bool GetOp::needsValue() const { return merge_.answers() == 0 || !merge_.lacking().empty(); }

bool GetOp::isFetching(NodeId node) const { return contains(fetching_, node); }

void GetOp::decideReading() {
  switch (reading_->verdict()) {
    case Verdict::pending:
      return;
    case Verdict::met:
      return resolve();
    case Verdict::impossible:
      return failReading();
  }
}

// Silence until the deadline is told by the peers' links and by it, in whichever order.
void GetOp::failReading() {
  if (context_.env.clock.now() >= deadline()) return fail(tooLate());
  std::vector<NodeId> missing = plan_.missing;
  for (const DropOut& dropOut : dropOuts_) missing.push_back(dropOut.node);
  RequestError error = refusedByAll(dropOuts_, plan_.required, std::move(missing));
  if (error.kind == RequestErrorKind::unavailable) {
    error.alive = static_cast<int>(plan_.order.size() - dropOuts_.size());
  }
  fail(std::move(error));
}

// All that were needed have answered. Of the newest, the value may still be elsewhere.
void GetOp::resolve() {
  const std::vector<NodeId> lacking = merge_.lacking();
  if (lacking.empty()) return makeSure();
  for (const NodeId node : lacking) {
    if (isFetching(node)) continue;
    fetching_.push_back(node);
    ++context_.counters.valuesFetched;
    probe("get: a value is fetched behind its digest");
    if (trace_) trace_->valueIsAt(node);
    ask(node, true);
    wakeIfOverdue(context_.pace.overdueAfter(node));
  }
}

// Where the answers differ the newest is not yet safe: the ones that hold it may be too few for the
// next read to meet one of them.
void GetOp::makeSure() {
  const std::vector<NodeId> stale = merge_.stale();
  if (stale.empty()) return answerNewest();
  ++context_.counters.readsRepairing;
  probe(merge_.newest()->isTombstone() ? "get: writes a tombstone back"
                                       : "get: writes a value back");
  if (stale.size() > 1) probe("get: writes back to several");
  if (merge_.versions() > 2) probe("get: saw three versions");
  if (trace_) trace_->differ(*merge_.newest(), stale);
  holding_.emplace(reading_->accepted(), plan_.required);
  for (const NodeId node : merge_.current()) holding_->accept(node);
  for (const NodeId node : stale) writeBack(node);
  if (holding_->verdict() == Verdict::met) return answerNewest();
  wakeIfOverdue(writeBackOverdue);
}

// The same record under the same version, through the same gate as any write.
void GetOp::writeBack(NodeId node) {
  written_.push_back(node);
  if (trace_) trace_->wroteBack(node);
  ApplyRequest apply;
  apply.record = *merge_.newest();
  apply.source = Source::readRepair;
  apply.deadline = deadline();
  apply.epoch = context_.ring.cluster().epoch;
  apply.traceId = trace_ ? trace_->id() : 0;
  apply.dispatchedAtMicros =
      std::max(context_.env.stamps.hybridNow(), apply.record.version.timestamp);
  context_.env.peers.apply(node, op_, context_.answers, std::move(apply));
}

void GetOp::onApplied(NodeId from, const ApplyReply& reply) {
  assert(!ended_);
  if (!holding_) return;  // nothing was written back yet: nobody asked for this answer
  if (trace_) trace_->applied(from, reply);
  const bool holds =
      reply.outcome == ApplyOutcome::applied || reply.outcome == ApplyOutcome::superseded;
  if (!(holds ? holding_->accept(from) : holding_->reject(from))) return;  // repeated
  if (reply.outcome == ApplyOutcome::superseded) {
    context_.env.stamps.observe(reply.held);
    probe("get: write-back raced with a newer write");
  }
  if (reply.outcome == ApplyOutcome::applied && !reply.alreadyHeld) {
    repaired_.push_back(from);
    ++context_.counters.repairsWritten;
  }
  if (!holds) {
    dropOuts_.push_back(dropOutOf(from, reply));
    if (const auto next = nextToWrite()) {
      ++context_.counters.ownersReplaced;
      if (trace_) trace_->droppedOut(from);
      holding_->contact(*next);
      writeBack(*next);
    }
  }
  decideHolding();
}

// An owner that was not asked, or else one that has not answered.
std::optional<NodeId> GetOp::nextToWrite() {
  if (const auto next = nextOwner()) return next;
  for (const NodeId node : reading_->waiting()) {
    if (!contains(written_, node)) return node;
  }
  return std::nullopt;
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

// Of several wishes the latest counts. Without another owner there is nothing to wake up for; but
// what is written back may go to one that is silent.
void GetOp::wakeIfOverdue(Duration after) {
  if (wakeAt_) context_.overdue.remove(*wakeAt_, op_);
  wakeAt_.reset();
  if (next_ == plan_.order.size() && !(holding_ && !reading_->waiting().empty())) return;
  const MonoTime now = context_.env.clock.now();
  const Duration half{(deadline() - now).micros / 2};
  wakeAt_ = now + std::min(after, half);
  context_.overdue.add(*wakeAt_, op_);
}

void GetOp::onOverdue() {
  assert(!ended_);
  wakeAt_.reset();
  if (!holding_) return askOneMore();
  if (const auto next = nextToWrite()) {
    probe("get: written back elsewhere in the place of a silent one");
    if (trace_) trace_->writeBackOverdue();
    holding_->contact(*next);
    writeBack(*next);
    wakeIfOverdue(writeBackOverdue);
  }
}

void GetOp::askOneMore() {
  const MonoTime now = context_.env.clock.now();
  bool isStuck = false;
  for (const Asked& asked : asked_) {
    if (!contains(reading_->waiting(), asked.node) && !isFetching(asked.node)) continue;
    const bool itIsStuck = context_.pace.isStuck(asked.node, now);
    isStuck = isStuck || itIsStuck;
    if (trace_) trace_->overdue(asked.node, now - asked.at, itIsStuck);
    context_.pace.onOverdue(asked.node, op_, asked.at);
  }
  if (next_ == plan_.order.size()) return;
  if (isStuck || context_.pace.takeExtra()) {
    ++context_.counters.readsHedged;
    probe("get: one more replica is asked");
    askNext();
  } else {
    ++context_.counters.hedgesSaved;
    if (trace_) trace_->hedgeSaved();
  }
  wakeWhenStuck();
}

// One more may be asked for that, whatever was asked or saved before.
void GetOp::wakeWhenStuck() {
  const MonoTime now = context_.env.clock.now();
  std::optional<MonoTime> first;
  for (const Asked& asked : asked_) {
    if (!contains(reading_->waiting(), asked.node) && !isFetching(asked.node)) continue;
    const MonoTime stuck = asked.at + context_.pace.stuckAfter(asked.node) + Duration{1};
    if (stuck > now && (!first || stuck < *first)) first = stuck;
  }
  if (first && *first < deadline()) wakeIfOverdue(*first - now);
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
  // Some lacked it, so others may: they get it, and nobody waits for that.
  const std::vector<NodeId> rest = holding_ ? unaskedOwners() : std::vector<NodeId>();
  if (trace_) trace_->repairedBehind(rest);
  answer(std::move(answered));
  for (const NodeId node : rest) {
    ++context_.counters.repairsBehind;
    writeBack(node);
  }
}

std::vector<NodeId> GetOp::unaskedOwners() const {
  std::vector<NodeId> nodes;
  for (const NodeId node : plan_.order) {
    if (!contains(reading_->accepted(), node) && !contains(written_, node)) nodes.push_back(node);
  }
  return nodes;
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
  if (wakeAt_) context_.overdue.remove(*wakeAt_, op_);
  if (reading_) {
    answered.needed = plan_.required;
    answered.answeredBy = reading_->accepted();
  }
  answered.replicas = context_.ring.replication();
  answered.repaired = repaired_;
  if (trace_) answered.trace = std::exchange(trace_, nullptr)->closed(answered);
  client_.sink.onGot(client_.op, std::move(answered));
}

}  // namespace henge::coordinator
