#include "server/coordinator/get_trace.h"

#include <algorithm>

#include "server/coordinator/request_errors.h"

namespace henge::coordinator {
namespace {

std::string heldText(const FetchReply& reply) {
  const std::string text = words(reply.record.version);
  if (reply.record.isTombstone()) return text + ", a tombstone";
  if (!reply.hasValue) return text + ", the digest of its value";
  return text + ", " + bytesText(reply.record.value.size());
}

bool contains(const std::vector<NodeId>& nodes, NodeId node) {
  return std::find(nodes.begin(), nodes.end(), node) != nodes.end();
}

}  // namespace

std::unique_ptr<GetTrace> GetTrace::ifAsked(const OpContext& context, OpId op,
                                            const GetRequest& request) {
  if (!request.context.trace) return nullptr;
  return std::unique_ptr<GetTrace>(new GetTrace(context, op, request));
}

GetTrace::GetTrace(const OpContext& context, OpId op, const GetRequest& request)
    : context_(context),
      key_(request.key),
      level_(request.context.level),
      trace_(context, op, request.context, "get", request.key) {}

void GetTrace::planned(const ReadPlan& plan) {
  trace_.planned(key_, plan.missing, plan.required);
  for (const NodeId node : plan.order) {
    if (context_.env.membership.upSet().isSlow(node)) {
      trace_.note(toString(node) + " is slow: asked behind the others");
    } else if (context_.pace.isStuck(node, context_.env.clock.now())) {
      trace_.note(toString(node) + " is stuck with an earlier request: asked last");
    }
  }
}

void GetTrace::asked(NodeId node, bool withValue) {
  trace_.sent(node, OpTrace::Message::fetch,
              withValue ? "fetch the value" : "fetch version and digest");
}

void GetTrace::fetched(NodeId from, const FetchReply& reply) {
  switch (reply.outcome) {
    case FetchOutcome::held:
      held_[from] = reply.record.version;
      return trace_.answered(from, OpTrace::Message::fetch, heldText(reply), reply.times);
    case FetchOutcome::absent:
      held_[from] = std::nullopt;
      return trace_.answered(from, OpTrace::Message::fetch, "that it holds none of this key",
                             reply.times);
    case FetchOutcome::refused:
    case FetchOutcome::rebuilding:
      return trace_.answered(from, OpTrace::Message::fetch,
                             "with a refusal: " + dropOutOf(from, reply).why, reply.times);
    case FetchOutcome::unreachable:
      return trace_.unanswered(from, OpTrace::Message::fetch, dropOutOf(from, reply).why);
  }
}

void GetTrace::droppedOut(NodeId node) {
  trace_.note(toString(node) + " drops out: the next owner takes its place");
}

void GetTrace::overdue(NodeId node, Duration waited, bool isStuck) {
  trace_.note(toString(node) + (isStuck ? " is stuck" : " is overdue") + ": no answer for " +
              toMillis(waited) + " ms");
}

void GetTrace::hedgeSaved() {
  trace_.note("nobody else is asked: one read in twenty may, and enough did");
}

void GetTrace::valueIsAt(NodeId node) {
  trace_.note("the newest value is at " + toString(node) + " and has not come along");
}

void GetTrace::differ(const Record& newest, const std::vector<NodeId>& stale) {
  stale_ = stale;
  trace_.note("the newest is " + words(newest.version) + "; " + words(stale) +
              (stale.size() == 1 ? " lacks it and gets it first" : " lack it and get it first"));
}

void GetTrace::wroteBack(NodeId node) {
  trace_.sent(node, OpTrace::Message::apply, "apply the newest (read repair)");
}

void GetTrace::writeBackOverdue() {
  trace_.note("a read repair is overdue: another owner is written as well");
}

void GetTrace::repairedBehind(const std::vector<NodeId>& nodes) {
  if (nodes.empty()) return;
  trace_.note("behind the answer the newest goes to " + words(nodes) + ", which nobody waits for");
}

void GetTrace::applied(NodeId from, const ApplyReply& reply) {
  if (reply.outcome == ApplyOutcome::superseded) newer_.push_back(from);
  trace_.answered(from, reply);
}

std::string GetTrace::stale(const GetAnswer& answer) const {
  std::string text;
  for (const NodeId node : stale_) {
    const auto& held = held_.at(node);
    text += "; " + toString(node) +
            (held ? " had an older version (" + words(*held) + ")" : " had none of it") +
            (contains(answer.repaired, node) ? " and was repaired first"
             : contains(newer_, node)        ? " and by now holds something newer"
                                             : " and was not repaired in time");
  }
  return text;
}

std::string GetTrace::closed(const GetAnswer& answer) {
  if (answer.error) return trace_.closed("No value: " + answer.error->message + ".");
  const std::string count = std::to_string(answer.answeredBy.size());
  std::string text = count + " of " + std::to_string(answer.replicas) + " replicas answered (" +
                     words(answer.answeredBy) + "), " +
                     words(level_, answer.needed, answer.replicas);
  if (!answer.record) {
    text += "; none holds this key";
  } else if (answer.record->isTombstone()) {
    text += "; it was removed";
  }
  if (!stale_.empty()) {
    text += stale(answer);
  } else if (answer.record && answer.answeredBy.size() > 1) {
    text += "; they agree";
  }
  return trace_.closed(text + ".");
}

}  // namespace henge::coordinator
