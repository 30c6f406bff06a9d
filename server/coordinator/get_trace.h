// What a get tells of its way, if it is asked to.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/replica_plan.h"
#include "server/coordinator/op_trace.h"

namespace henge::coordinator {

// Of a GetOp, from its construction until its client is answered; each call is one event of it.
// Thread: the operation's loop.
class GetTrace {
 public:
  static std::unique_ptr<GetTrace> ifAsked(const OpContext& context, OpId op,
                                           const GetRequest& request);

  std::uint64_t id() const { return trace_.id(); }

  void planned(const ReadPlan& plan);
  void asked(NodeId node, bool withValue);
  void fetched(NodeId from, const FetchReply& reply);
  void droppedOut(NodeId node);  // the next owner is asked in its place
  void overdue(NodeId node, Duration waited, bool isStuck);
  void hedgeSaved();  // for want of a permit
  void valueIsAt(NodeId node);
  void differ(const Record& newest, const std::vector<NodeId>& stale);
  void wroteBack(NodeId node);
  void applied(NodeId from, const ApplyReply& reply);
  void writeBackOverdue();
  void repairedBehind(const std::vector<NodeId>& nodes);

  // The whole, with the sentence that sums it up.
  std::string closed(const GetAnswer& answer);

 private:
  GetTrace(const OpContext& context, OpId op, const GetRequest& request);
  std::string stale(const GetAnswer& answer) const;

  const OpContext& context_;
  const Bytes key_;
  const Consistency level_;
  std::map<NodeId, std::optional<Version>> held_;  // as they answered; nullopt: nothing
  std::vector<NodeId> stale_;
  std::vector<NodeId> newer_;  // hold something newer than what was written back to them
  OpTrace trace_;
};

}  // namespace henge::coordinator
