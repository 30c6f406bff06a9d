#include "server/coordinator/coordinator.h"

#include <cassert>
#include <utility>

#include "core/rehearsal.h"
#include "server/coordinator/get_op.h"
#include "server/coordinator/put_op.h"

namespace henge::coordinator {
namespace {

// What a replica refuses because of a setting or a clock, not because of load: an operator is told.
bool concernsOperators(Refusal refusal) {
  return refusal == Refusal::staleEpoch || refusal == Refusal::stamp ||
         refusal == Refusal::notOwner || refusal == Refusal::invalid ||
         refusal == Refusal::diskFull;
}

constexpr Duration notedEvery = 60_s;  // per replica and refusal

}  // namespace

Coordinator::Coordinator(CoordinatorOptions options, std::shared_ptr<const Ring> ring,
                         CoordinatorEnv env)
    : options_(options),
      ring_(std::move(ring)),
      env_(env),
      overdue_(env_.timers, *this),
      context_{options_, *ring_, env_, counters_, *this, pace_, overdue_},
      deadlines_(env_.timers, *this) {
  assert(options_.operationsMax > 0);
}

Coordinator::~Coordinator() = default;

void Coordinator::put(OpId clientOp, ports::ClientSink& sink, PutRequest request) {
  const OpId op{++lastOp_};
  auto operation =
      std::make_unique<PutOp>(context_, op, Client{clientOp, sink}, std::move(request));
  if (full()) return operation->refuse(overloaded("too many operations in flight on this node"));
  operation->start();
  if (operation->ended()) return;
  deadlines_.add(operation->deadline(), op);
  if (operation->waitsForStamp()) awaitStamp(op);
  puts_.emplace(op, std::move(operation));
}

void Coordinator::awaitStamp(OpId op) {
  unstamped_.push_back(op);
  env_.stamps.tellWhenReady(*this);
}

// Some of them may find the reserve used up again, and wait again.
void Coordinator::onStampsReady() {
  for (const OpId op : std::exchange(unstamped_, {})) {
    const auto found = puts_.find(op);
    if (found == puts_.end()) continue;  // its deadline has passed
    PutOp& operation = *found->second;
    operation.start();
    if (operation.waitsForStamp()) awaitStamp(op);
    if (operation.ended()) endPut(op);
  }
}

void Coordinator::get(OpId clientOp, ports::ClientSink& sink, GetRequest request) {
  const OpId op{++lastOp_};
  auto operation =
      std::make_unique<GetOp>(context_, op, Client{clientOp, sink}, std::move(request));
  if (full()) return operation->refuse(overloaded("too many operations in flight on this node"));
  operation->start();
  if (operation->ended()) return;
  deadlines_.add(operation->deadline(), op);
  gets_.emplace(op, std::move(operation));
}

void Coordinator::onApplied(OpId op, NodeId from, ApplyReply reply) {
  if (reply.outcome == ApplyOutcome::refused) noteRefusal(from, reply.refusal, reply.message);
  if (const auto put = puts_.find(op); put != puts_.end()) {
    PutOp& operation = *put->second;
    operation.onApplied(from, reply);
    if (operation.ended()) endPut(op);
  } else if (const auto get = gets_.find(op); get != gets_.end()) {
    GetOp& operation = *get->second;
    operation.onApplied(from, reply);
    if (operation.ended()) endGet(op);
  } else {
    ++counters_.lateAnswers;
    probe("coordinator: an answer after the end");
    const bool holds =
        reply.outcome == ApplyOutcome::applied || reply.outcome == ApplyOutcome::superseded;
    if (holds) env_.hints.cancel(op, from);
  }
}

void Coordinator::onFetched(OpId op, NodeId from, FetchReply reply) {
  if (reply.outcome == FetchOutcome::refused) noteRefusal(from, reply.refusal, reply.message);
  const auto found = gets_.find(op);
  const bool isLate = found == gets_.end();
  const bool isAnswer =
      reply.outcome == FetchOutcome::held || reply.outcome == FetchOutcome::absent;
  pace_.onSettled(from, op, env_.clock.now(), isLate && isAnswer);
  if (isLate) {
    ++counters_.lateAnswers;
    return;
  }
  GetOp& operation = *found->second;  // stays where it is, whatever its client asks meanwhile
  operation.onFetched(from, std::move(reply));
  if (operation.ended()) endGet(op);
}

void Coordinator::onTimer(std::uint64_t) {
  for (const OpId op : overdue_.due(env_.clock.now())) {
    if (const auto get = gets_.find(op); get != gets_.end()) get->second->onOverdue();
  }
  for (const OpId op : deadlines_.due(env_.clock.now())) {
    if (const auto put = puts_.find(op); put != puts_.end()) {
      put->second->onDeadline();
      endPut(op);
    } else if (const auto get = gets_.find(op); get != gets_.end()) {
      get->second->onDeadline();
      endGet(op);
    }
  }
}

void Coordinator::endPut(OpId op) {
  const auto found = puts_.find(op);
  assert(found != puts_.end() && found->second->ended());
  deadlines_.remove(found->second->deadline(), op);
  puts_.erase(found);
}

void Coordinator::endGet(OpId op) {
  const auto found = gets_.find(op);
  assert(found != gets_.end() && found->second->ended());
  deadlines_.remove(found->second->deadline(), op);
  gets_.erase(found);
}

void Coordinator::noteRefusal(NodeId from, Refusal refusal, const std::string& message) {
  if (!concernsOperators(refusal)) return;
  const MonoTime now = env_.clock.now();
  const auto [entry, first] = noted_.try_emplace({from, refusal}, now);
  if (!first && now < entry->second + notedEvery) return;
  entry->second = now;
  env_.events.note(ports::Severity::warning, "replica " + toString(from) + " refuses (" +
                                                 std::string(nameOf(refusal)) + "): " + message);
}

}  // namespace henge::coordinator
