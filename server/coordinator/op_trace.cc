#include "server/coordinator/op_trace.h"

#include <algorithm>

#include "core/key_text.h"
#include "core/text_table.h"
#include "server/coordinator/request_errors.h"

namespace henge::coordinator {
namespace {

constexpr int keyColumnsMax = 40;
constexpr int tokenColumnsMax = 16;

// The client's own name for it, or one that no two requests of a running cluster share.
std::uint64_t idOf(const RequestContext& request, NodeId self, OpId op) {
  if (request.traceId != 0) return request.traceId;
  return (std::uint64_t{self.value} + 1) << 48 | (op.value & 0xffff'ffff'ffff);
}

std::string shownKey(BytesView key) { return shortened(toKeyText(key), keyColumnsMax); }

std::string rangeText(const RingRange& range) {
  std::string text = "[" + shortened(toHex(range.first), tokenColumnsMax) + ", " +
                     shortened(toHex(range.end), tokenColumnsMax) + "):";
  for (std::size_t i = 0; i < range.replicas.size(); ++i) {
    text += " " + toString(range.replicas[i]) + (i == 0 ? " (owner)" : "");
  }
  return text;
}

}  // namespace

OpTrace::OpTrace(const OpContext& context, OpId op, const RequestContext& request,
                 std::string_view verb, BytesView key)
    : context_(context),
      title_(std::string(verb) + " " + shownKey(key) + "  " + std::string(nameOf(request.level)) +
             "  coordinator " + toString(context.options.self)),
      level_(request.level),
      trace_(idOf(request, context.options.self, op), request.receivedAt) {
  trace_.note(request.receivedAt, context.options.self, "the request is read");
}

void OpTrace::note(std::string_view text) {
  trace_.note(context_.env.clock.now(), context_.options.self, text);
}

void OpTrace::planned(BytesView key, const std::vector<NodeId>& missing, int required) {
  note(shownKey(key) + " is in " + rangeText(context_.ring.rangeOf(key)) + "; " +
       words(level_, required, context_.ring.replication()));
  for (const NodeId node : missing) {
    const bool rebuilds = context_.env.membership.upSet().of(node) == Liveness::rebuilding;
    note(toString(node) +
         (rebuilds ? " is rebuilding and has no vote: not asked" : " is down: not asked"));
  }
}

void OpTrace::sent(NodeId to, Message message, std::string_view what) {
  const MonoTime now = context_.env.clock.now();
  open_.push_back({to, message, now});
  trace_.note(now, context_.options.self, "to " + toString(to) + ": " + std::string(what));
}

std::optional<MonoTime> OpTrace::settle(NodeId from, Message message) {
  const auto found = std::find_if(open_.begin(), open_.end(), [&](const Open& open) {
    return open.to == from && open.message == message;
  });
  if (found == open_.end()) return std::nullopt;
  const MonoTime at = found->at;
  open_.erase(found);
  return at;
}

void OpTrace::answered(NodeId from, Message message, std::string_view what,
                       const ReplicaTimes& times) {
  const std::optional<MonoTime> sentAt = settle(from, message);
  if (!sentAt) return;
  const MonoTime now = context_.env.clock.now();
  trace_.note(now, from, "answers " + std::string(what) + timesText(from, now - *sentAt, times));
}

void OpTrace::unanswered(NodeId from, Message message, std::string_view why) {
  if (!settle(from, message)) return;
  trace_.note(context_.env.clock.now(), from, "no answer: " + std::string(why));
}

void OpTrace::answered(NodeId from, const ApplyReply& reply) {
  switch (reply.outcome) {
    case ApplyOutcome::applied:
      return answered(from, Message::apply, reply.alreadyHeld ? "applied, held before" : "applied",
                      reply.times);
    case ApplyOutcome::superseded:
      return answered(from, Message::apply, "superseded by " + words(reply.held), reply.times);
    case ApplyOutcome::refused:
    case ApplyOutcome::rebuilding:
    case ApplyOutcome::failed:
      return answered(from, Message::apply, "not applied: " + dropOutOf(from, reply).why,
                      reply.times);
    case ApplyOutcome::unreachable:
      return unanswered(from, Message::apply,
                        dropOutOf(from, reply).why + (reply.sent ? "" : "; nothing was sent"));
  }
}

// By differences of one clock each: what the replica had it for, by its own; the rest of the way
// there and back, by this node's. Of the own replica there is no way.
std::string OpTrace::timesText(NodeId from, Duration took, const ReplicaTimes& times) const {
  const bool isOwn = from == context_.options.self;
  const std::optional<Duration> had = isOwn ? took : times.had;
  if (!had || *had > took) return "";
  const std::string network = isOwn ? "" : "network " + toMillis(took - *had) + "  ";
  if (!times.storage || *times.storage > *had) return "   " + network + "there " + toMillis(*had);
  return "   " + network + "queue " + toMillis(*had - *times.storage) + "  disk " +
         toMillis(*times.storage);
}

std::vector<NodeId> OpTrace::waiting() const {
  std::vector<NodeId> nodes;
  for (const Open& open : open_) {
    if (std::find(nodes.begin(), nodes.end(), open.to) == nodes.end()) nodes.push_back(open.to);
  }
  return nodes;
}

std::string OpTrace::closed(std::string_view sentence) {
  const MonoTime now = context_.env.clock.now();
  for (const Open& open : open_) trace_.note(now, open.to, "no answer yet");
  return trace_.text(title_, now, sentence);
}

std::string words(Version version) {
  const std::string text = toString(version);
  return toIso8601({version.timestamp}) + text.substr(text.find('/'));
}

std::string bytesText(std::size_t bytes) {
  return std::to_string(bytes) + (bytes == 1 ? " byte" : " bytes");
}

std::string words(const std::vector<NodeId>& nodes) {
  std::string text;
  for (const NodeId node : nodes) text += (text.empty() ? "" : " ") + toString(node);
  return text;
}

std::string words(Consistency level, int required, int replicas) {
  return std::string(nameOf(level)) + " needs " + std::to_string(required) + " of " +
         std::to_string(replicas);
}

}  // namespace henge::coordinator
