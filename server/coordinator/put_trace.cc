#include "server/coordinator/put_trace.h"

#include <utility>

namespace henge::coordinator {
namespace {

std::string_view verbOf(const PutRequest& request) {
  return request.kind == RecordKind::tombstone ? "remove" : "put";
}

}  // namespace

std::unique_ptr<PutTrace> PutTrace::ifAsked(const OpContext& context, OpId op,
                                            const PutRequest& request) {
  if (!request.context.trace) return nullptr;
  return std::unique_ptr<PutTrace>(new PutTrace(context, op, request));
}

PutTrace::PutTrace(const OpContext& context, OpId op, const PutRequest& request)
    : context_(context),
      level_(request.context.level),
      byClient_(request.version.has_value()),
      trace_(context, op, request.context, verbOf(request), request.key) {}

void PutTrace::planned(BytesView key, const WritePlan& plan) {
  if (std::exchange(planned_, toString(plan)) == toString(plan)) return;  // made anew, and the same
  trace_.planned(key, plan.missing, plan.required);
}

void PutTrace::stamped(Version version) {
  if (version.isNone()) {
    waitsSince_ = context_.env.clock.now();
    return trace_.note("waits for stamps: the clock's reserve is being raised");
  }
  std::string text = (byClient_ ? "the client's version " : "stamped ") + words(version);
  if (waitsSince_) {
    text += ", after " + toMillis(context_.env.clock.now() - *waitsSince_) + " ms without stamps";
  }
  trace_.note(text);
}

void PutTrace::sent(NodeId to, const Record& record) {
  trace_.sent(
      to, OpTrace::Message::apply,
      record.isTombstone() ? "apply a tombstone" : "apply " + bytesText(record.value.size()));
}

void PutTrace::hinted(NodeId target) { trace_.note("keeps a hint for " + toString(target)); }

std::string PutTrace::closed(const PutAnswer& answer) {
  if (answer.error) {
    const bool surely = answer.outcome == Outcome::surelyNotApplied;
    return trace_.closed((surely ? "Surely not applied: " : "Outcome unknown: ") +
                         answer.error->message + ".");
  }
  std::string text = "Applied: acknowledged by " + words(answer.acknowledgedBy) + ", " +
                     words(level_, answer.needed, answer.replicas);
  if (answer.superseded) text += "; something newer is held";
  if (!answer.missed.empty()) text += "; " + words(answer.missed) + " did not take it";
  const std::vector<NodeId> waiting = trace_.waiting();
  if (!waiting.empty()) text += "; " + words(waiting) + " had not answered yet";
  return trace_.closed(text + ".");
}

}  // namespace henge::coordinator
