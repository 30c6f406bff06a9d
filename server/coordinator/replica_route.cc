#include "server/coordinator/replica_route.h"

#include <cassert>

namespace henge::coordinator {

ReplicaRoute::ReplicaRoute(NodeId self, ports::ReplicaService& local, ports::Peers& remote,
                           ports::Timers& timers)
    : self_(self), local_(local), remote_(remote), timers_(timers) {}

void ReplicaRoute::apply(NodeId to, OpId op, ports::ReplicaSink& sink, ApplyRequest request) {
  if (to != self_) return remote_.apply(to, op, sink, std::move(request));
  local_.apply(remember(op, sink), *this, std::move(request));
}

void ReplicaRoute::fetch(NodeId to, OpId op, ports::ReplicaSink& sink, FetchRequest request) {
  if (to != self_) return remote_.fetch(to, op, sink, std::move(request));
  local_.fetch(remember(op, sink), *this, std::move(request));
}

void ReplicaRoute::onApplied(OpId op, NodeId from, ApplyReply reply) {
  keep(op, from, std::move(reply));
}

void ReplicaRoute::onFetched(OpId op, NodeId from, FetchReply reply) {
  keep(op, from, std::move(reply));
}

// What arrives while the round's answers are delivered waits for the next round.
void ReplicaRoute::onTimer(std::uint64_t) {
  std::vector<Answer> answers;
  answers.swap(answers_);
  for (Answer& answer : answers) {
    auto& [op, sink] = answer.asker;
    if (auto* applied = std::get_if<ApplyReply>(&answer.reply)) {
      sink->onApplied(op, answer.from, std::move(*applied));
    } else {
      sink->onFetched(op, answer.from, std::get<FetchReply>(std::move(answer.reply)));
    }
  }
}

// Two askers may use the same numbers, so the replica is given our own.
OpId ReplicaRoute::remember(OpId op, ports::ReplicaSink& sink) {
  const OpId local{++lastOp_};
  open_.emplace(local, Asker{op, &sink});
  return local;
}

void ReplicaRoute::keep(OpId local, NodeId from, std::variant<ApplyReply, FetchReply> reply) {
  const auto found = open_.find(local);
  assert(found != open_.end());  // a replica answers each call exactly once
  if (answers_.empty()) timers_.atRoundEnd(*this, 0);
  answers_.push_back({found->second, from, std::move(reply)});
  open_.erase(found);
}

}  // namespace henge::coordinator
