// The trace of one operation, as its coordinator writes it: what was sent to whom, and what came.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/replica_message.h"
#include "core/request.h"
#include "core/request_trace.h"
#include "core/up_set.h"
#include "server/coordinator/op_context.h"

namespace henge::coordinator {

// What put_trace.h and get_trace.h stand on. Every message to a replica has its line, "to n2: …",
// and gets exactly one of that replica's: "answers …", "no answer: …", or, when the client is
// answered before that, "no answer yet". docs/mechanisms/tracing.md
//
// Thread: the operation's loop. The context outlives it.
class OpTrace {
 public:
  enum class Message { apply, fetch };

  // `verb`, `key` and the request's own level are its title.
  OpTrace(const OpContext& context, OpId op, const RequestContext& request, std::string_view verb,
          BytesView key);

  std::uint64_t id() const { return trace_.id(); }

  void note(std::string_view text);  // of the coordinator itself, now

  // Where the key lives and how many are needed; who is not asked, and why.
  void planned(BytesView key, const std::vector<NodeId>& missing, int required);

  void sent(NodeId to, Message message, std::string_view what);
  // Both noted if `from` owes an answer to such a message: a repeated one is not.
  void answered(NodeId from, Message message, std::string_view what, const ReplicaTimes& times);
  void unanswered(NodeId from, Message message, std::string_view why);
  void answered(NodeId from, const ApplyReply& reply);

  std::vector<NodeId> waiting() const;  // who owes an answer, each once, in the order of the sends

  std::string closed(std::string_view sentence);

 private:
  struct Open {
    NodeId to;
    Message message;
    MonoTime at;
  };

  std::optional<MonoTime> settle(NodeId from, Message message);  // when that was sent
  std::string timesText(NodeId from, Duration took, const ReplicaTimes& times) const;

  const OpContext& context_;
  std::string title_;
  Consistency level_;
  RequestTrace trace_;
  std::vector<Open> open_;
};

std::string words(Version version);                   // "2026-11-28 03:26:32.878245Z/c0"
std::string words(const std::vector<NodeId>& nodes);  // "n1 n2"
std::string words(Consistency level, int required, int replicas);  // "QUORUM needs 2 of 3"
std::string bytesText(std::size_t bytes);                          // "1 byte" "2 bytes"

}  // namespace henge::coordinator
