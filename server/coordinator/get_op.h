// One get, as its coordinator sees it.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "core/ack_tally.h"
#include "core/read_merge.h"
#include "core/replica_plan.h"
#include "core/request.h"
#include "server/coordinator/get_trace.h"
#include "server/coordinator/op_context.h"
#include "server/coordinator/request_errors.h"

namespace henge::coordinator {

// Reads, then makes sure. It asks as many replicas as the level needs – one for the value, the
// others for version and digest –, the next owner in the place of each that drops out, and one more
// when an answer is overdue. The newest record wins by comparison; if its value has not come, it is
// fetched from who holds it. If those who answered do not all hold it, it is written back to them
// first, and the client is answered when the level's number hold it or something newer: so no later
// read at that level can answer less. Who was asked and was silent so far counts then as well. What
// other owners there are get it behind the answer.
//
// Lives from the first send until the client is answered. docs/mechanisms/quorum_read.md
// Thread: its loop only. Its coordinator deletes it once ended() is true.
class GetOp {
 public:
  GetOp(OpContext& context, OpId op, Client client, GetRequest request);

  void start();
  void refuse(RequestError error);  // in the place of start()
  void onFetched(NodeId from, FetchReply reply);
  void onApplied(NodeId from, const ApplyReply& reply);  // the answer to a write-back
  void onOverdue();                                      // wished for with context.overdue
  void onDeadline();

  bool ended() const { return ended_; }
  MonoTime deadline() const { return request_.context.deadline; }

 private:
  struct Asked {
    NodeId node;
    MonoTime at;  // the latest time
  };

  std::optional<NodeId> nextOwner();  // a live replica that was not asked anything yet
  void ask(NodeId node, bool withValue);
  void askNext();
  bool needsValue() const;
  bool take(NodeId from, FetchReply& reply);
  void takeValue(NodeId from, FetchReply& reply);
  void takeHolding(NodeId from, const FetchReply& reply);
  void measure(NodeId from);
  void dropOut(NodeId from, const FetchReply& reply);

  void decideReading();
  void failReading();
  void resolve();
  void makeSure();
  void writeBack(NodeId node);
  std::optional<NodeId> nextToWrite();
  void decideHolding();

  void wakeIfOverdue(Duration after);
  void wakeWhenStuck();
  void askOneMore();
  bool isFetching(NodeId node) const;

  void answerNewest();
  std::vector<NodeId> unaskedOwners() const;
  void fail(RequestError error);
  void answer(GetAnswer answered);
  RequestError tooLate() const;

  OpContext& context_;
  OpId op_;
  Client client_;
  GetRequest request_;
  ReadPlan plan_;
  std::size_t next_ = 0;             // of plan_.order: who was not asked yet
  std::vector<Asked> asked_;         // in the order they were asked first
  std::optional<AckTally> reading_;  // who answered
  ReadMerge merge_;
  std::vector<NodeId> fetching_;     // have answered, and are asked once more for the value
  std::optional<AckTally> holding_;  // who holds the newest; from the first write-back on
  std::vector<NodeId> written_;      // back to whom
  std::vector<DropOut> dropOuts_;
  std::vector<NodeId> repaired_;
  std::optional<MonoTime> wakeAt_;   // for onOverdue()
  std::unique_ptr<GetTrace> trace_;  // null: not asked for
  bool ended_ = false;
};

}  // namespace henge::coordinator
