// What a put tells of its way, if it is asked to.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "core/replica_plan.h"
#include "server/coordinator/op_trace.h"

namespace henge::coordinator {

// Of a PutOp, from its construction until its client is answered; each call is one event of it.
// Thread: the operation's loop.
class PutTrace {
 public:
  static std::unique_ptr<PutTrace> ifAsked(const OpContext& context, OpId op,
                                           const PutRequest& request);

  std::uint64_t id() const { return trace_.id(); }

  void planned(BytesView key, const WritePlan& plan);
  void stamped(Version version);  // none: stamps have to be waited for
  void sent(NodeId to, const Record& record);
  void answered(NodeId from, const ApplyReply& reply) { trace_.answered(from, reply); }
  void hinted(NodeId target);

  // The whole, with the sentence that sums it up.
  std::string closed(const PutAnswer& answer);

 private:
  PutTrace(const OpContext& context, OpId op, const PutRequest& request);

  const OpContext& context_;
  const Consistency level_;
  const bool byClient_;                 // the version is the client's
  std::optional<MonoTime> waitsSince_;  // for stamps
  std::string planned_;                 // the plan last told
  OpTrace trace_;
};

}  // namespace henge::coordinator
