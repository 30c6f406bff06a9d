#include "client/library/driver.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace henge::library {

namespace {

constexpr std::uint64_t requestsPerResend = 10;
constexpr std::uint64_t requestsPerHedge = 50;  // one in a hundred reads is slow; not many more
constexpr std::uint64_t hedgeReserve = 10;

// So much of what is left stays for the answer that says "timeout" to come back in.
Duration graceOf(Duration left) { return std::min(Duration{left.micros / 10}, 100_ms); }

std::int64_t deadlineMsOf(Duration left) {
  return std::max<std::int64_t>((left.micros - graceOf(left).micros) / 1000, 1);
}

Failure failureWith(FailureKind kind, const std::string& message, const Attempts& attempts) {
  Failure out;
  out.kind = kind;
  out.message = message;
  out.tried = attempts.tried();
  return out;
}

RequestContext contextOf(const Ask& ask) {
  RequestContext out;
  out.level = ask.level;
  out.trace = ask.trace;
  return out;
}

PutRequest putOf(const Ask& ask) {
  PutRequest out;
  out.context = contextOf(ask);
  out.key = ask.key;
  out.kind = ask.verb == Ask::Verb::remove ? RecordKind::tombstone : RecordKind::value;
  out.value = ask.value;
  out.version = ask.version;
  return out;
}

GetRequest getOf(const Ask& ask) {
  GetRequest out;
  out.context = contextOf(ask);
  out.key = ask.key;
  return out;
}

}  // namespace

Driver::Driver(const DriverOptions& options, DriverEnv env, AskSink& sink)
    : env_(env),
      sink_(sink),
      alarms_(env.clock, env.timers),
      links_(options.connectionsPerNode,
             {env_.clock,
              env_.timers,
              env_.random,
              env_.network,
              codec_,
              {env_.clock, traffic_, readSpace_},
              alarms_},
             *this),
      clock_(options.writer),
      budget_(options.resendReserve, requestsPerResend),
      hedges_(hedgeReserve, requestsPerHedge),
      hedgesReads_(options.hedgesReads),
      asksOnlySeeds_(options.asksOnlySeeds),
      wakes_(env.timers, *this) {
  assert(!options.seeds.empty() && options.writer != 0);
  for (const Address& seed : options.seeds) links_.know(seed, std::nullopt);
}

void Driver::start() { links_.wantAll(); }

void Driver::ask(OpId op, Ask ask) {
  ++counters_.requests;
  budget_.onRequest();
  if (!ask.isWrite()) hedges_.onRequest();
  const auto [at, isNew] = calls_.try_emplace(op);
  assert(isNew);
  Call& call = at->second;
  call.ask = std::move(ask);
  call.wakeAt = call.ask.deadline;
  wakes_.add(call.wakeAt, op);
  if (env_.clock.now() >= call.ask.deadline) return failAsItStands(op);
  attempt(op, call);
}

// The limits are those of a node that is up: a request that waits for one is looked at then.
bool Driver::passesLimits(OpId op, Call& call) {
  Status status = checkKey(limits_, call.ask.key);
  if (status.ok()) status = checkValue(limits_, call.ask.value);
  if (status.ok()) return true;
  fail(op, failureWith(FailureKind::invalidRequest, status.error().message, call.attempts));
  return false;
}

const std::vector<NodeId>& Driver::replicasOf(const Call& call) const {
  static const std::vector<NodeId> notKnown;
  return ring_.ring() != nullptr ? ring_.ring()->replicasOf(call.ask.key) : notKnown;
}

void Driver::attempt(OpId op, Call& call) {
  const std::optional<std::size_t> link = links_.choose(replicasOf(call), call.attempts);
  if (!link) {
    call.state = Call::State::parked;
    parked_.insert(op);
    wake(op, call, call.ask.deadline);
    return links_.wantAll();
  }
  if (passesLimits(op, call)) sendOn(*link, op, call);
}

void Driver::sendOn(std::size_t number, OpId op, Call& call) {
  const MonoTime now = env_.clock.now();
  const Duration left = call.ask.deadline - now;
  if (call.ask.isWrite() && !call.ask.version) call.ask.version = clock_.stamp(env_.clock.wall());
  NodeLink& link = links_.link(number);
  const std::size_t node = links_.nodeOfLink(number);
  const std::int64_t deadlineMs = deadlineMsOf(left);
  const std::int32_t seqid = link.nextSeqid();
  Bytes frame = call.ask.isWrite() ? codec_.put(seqid, putOf(call.ask), deadlineMs)
                                   : codec_.get(seqid, getOf(call.ask), deadlineMs);
  const std::vector<NodeId>& replicas = replicasOf(call);
  counters_.toReplicas += std::any_of(replicas.begin(), replicas.end(), [&](NodeId replica) {
    return links_.nodeOf(replica) == node;
  });
  call.state = Call::State::asking;
  call.attempts.begin(node, links_.labelOf(node));
  if (call.attempts.count() == 1) call.sentAt = now;
  wake(op, call, patienceEnd(call, now));
  link.send(op, std::move(frame));
}

// When another node is asked beside the one that is being asked.
MonoTime Driver::patienceEnd(Call& call, MonoTime now) {
  if (call.ask.retry == Retry::never) return call.ask.deadline;
  const Duration patience = patienceOf(call.ask.deadline - now);
  call.mayHedge = false;
  if (call.ask.isWrite() || !hedgesReads_ || call.attempts.count() > 1) return now + patience;
  const std::optional<Duration> slow = readPatience_.p99();
  if (!slow || *slow >= patience) return now + patience;
  call.mayHedge = true;
  return now + *slow;
}

void Driver::wake(OpId op, Call& call, MonoTime when) {
  wakes_.remove(call.wakeAt, op);
  call.wakeAt = std::min(when, call.ask.deadline);
  wakes_.add(call.wakeAt, op);
}

void Driver::onTimer(std::uint64_t /*token*/) {
  const MonoTime now = env_.clock.now();
  for (const OpId op : wakes_.due(now)) onDue(op, now);
}

void Driver::onDue(OpId op, MonoTime now) {
  const auto found = calls_.find(op);
  if (found == calls_.end()) return;
  Call& call = found->second;
  if (now >= call.ask.deadline) return failAsItStands(op);
  if (call.state == Call::State::pausing) return attempt(op, call);
  askBeside(op, call);
}

// The node asked is slow, stalled or gone without a word: another one may be quicker. What it
// brings is the same write, or as good a read.
void Driver::askBeside(OpId op, Call& call) {
  const MonoTime now = env_.clock.now();
  const bool isHedge = std::exchange(call.mayHedge, false);
  wake(op, call, now + patienceOf(call.ask.deadline - now));
  if (call.attempts.count() >= attemptsMax) return;
  const std::optional<std::size_t> link = links_.choose(replicasOf(call), call.attempts);
  if (link && (isHedge ? takeHedge() : takeBudget(call))) sendOn(*link, op, call);
}

bool Driver::takeHedge() {
  if (!hedges_.hasOne()) return false;
  hedges_.take();
  ++counters_.hedges;
  return true;
}

bool Driver::takeBudget(Call& call) {
  if (!budget_.hasOne()) {
    if (!std::exchange(call.wasDenied, true)) ++counters_.resendsDenied;
    return false;
  }
  budget_.take();
  ++counters_.resends;
  return true;
}

void Driver::decide(OpId op, Call& call, AttemptEnd end, Duration retryAfter) {
  RetryFacts facts;
  facts.end = end;
  facts.attempts = call.attempts.count();
  facts.isAllowed = call.ask.retry == Retry::whenSafe;
  facts.hasBudget = budget_.hasOne();
  facts.hasUntried = links_.hasUntried(call.attempts);
  facts.retryAfter = retryAfter;
  const NextStep step = nextStep(facts, env_.random);
  const bool costs = end != AttemptEnd::notSent && end != AttemptEnd::refused;
  const MonoTime at = env_.clock.now() + step.wait;
  const bool goesOn =
      step.kind != NextStep::Kind::giveUp && at < call.ask.deadline && (!costs || takeBudget(call));
  if (!goesOn) {
    if (costs && facts.isAllowed && !facts.hasBudget) (void)takeBudget(call);
    // Another attempt may yet bring an answer; but no node will take what breaks a rule.
    if (call.attempts.isAsking() && end != AttemptEnd::refused) return;
    return failAsItStands(op);
  }
  if (step.kind == NextStep::Kind::now) return attempt(op, call);
  call.state = Call::State::pausing;
  wake(op, call, at);
}

Driver::Call Driver::take(Calls::iterator at) {
  const OpId op = at->first;
  Call call = std::move(at->second);
  calls_.erase(at);
  wakes_.remove(call.wakeAt, op);
  parked_.erase(op);
  return call;
}

void Driver::failAsItStands(OpId op) {
  const Call& call = calls_.at(op);
  const bool hasWord = call.error && !call.attempts.isAsking();
  const bool isRefused = call.error && endOf(call.error->kind) == AttemptEnd::refused;
  const bool isWrite = call.ask.isWrite();
  fail(op, hasWord || isRefused ? failureOf(*call.error, call.attempts, isWrite)
                                : silenceOf(call.attempts, links_.whyDown(), isWrite));
}

void Driver::fail(OpId op, const Failure& failure) {
  Call call = take(calls_.find(op));
  if (!call.ask.isWrite()) {
    GetResult result;
    result.trace = std::move(call.trace);
    result.failure = failure;
    return sink_.onGot(op, std::move(result));
  }
  PutResult result;
  result.outcome = outcomeOf(call.attempts);
  if (call.ask.version) result.version = *call.ask.version;
  result.needed = failure.needed;
  result.acknowledged = failure.acknowledged;
  result.trace = std::move(call.trace);
  result.failure = failure;
  sink_.onPut(op, std::move(result));
}

void Driver::cancel(OpId op) {
  const auto found = calls_.find(op);
  if (found == calls_.end()) return;
  fail(op, failureWith(FailureKind::cancelled, "cancelled by the caller", found->second.attempts));
}

// The requests first: what is told of the links after that concerns nobody.
void Driver::close() {
  while (!calls_.empty()) {
    const auto first = calls_.begin();
    fail(first->first,
         failureWith(FailureKind::closed, "the client was closed", first->second.attempts));
  }
  links_.closeAll();
}

ClientCounters Driver::counters() const {
  ClientCounters out = counters_;
  out.nodesUp = links_.up();
  return out;
}

}  // namespace henge::library
