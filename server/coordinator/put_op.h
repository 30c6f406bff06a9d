// One put or remove (a put of a tombstone), as its coordinator sees it.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "core/ack_tally.h"
#include "core/replica_plan.h"
#include "core/request.h"
#include "server/coordinator/op_context.h"
#include "server/coordinator/put_trace.h"
#include "server/coordinator/request_errors.h"

namespace henge::coordinator {

// Lives from the first send until every replica it was sent to has answered or the deadline has
// passed. The client is usually answered earlier. Whom it is sent to is planned once; later changes
// of ring or up-set do not reach it. Once one replica has it, hints are kept for those that are
// known to lack it, at the deadline for the silent ones too. docs/mechanisms/quorum_write.md
//
// Thread: its loop only. Its coordinator deletes it once ended() is true.
class PutOp {
 public:
  PutOp(OpContext& context, OpId op, Client client, PutRequest request);
  ~PutOp();
  PutOp(const PutOp&) = delete;
  PutOp& operator=(const PutOp&) = delete;

  // Plans, stamps, sends; or answers the client with what is in the way, and has then sent nothing.
  // While no stamp can be drawn it waitsForStamp(), and is started once more when there are stamps.
  void start();
  void refuse(RequestError error);  // in the place of start()
  void onApplied(NodeId from, const ApplyReply& reply);
  void onDeadline();

  bool ended() const { return ended_; }
  bool waitsForStamp() const { return waitsForStamp_; }
  MonoTime deadline() const { return request_.context.deadline; }

 private:
  std::optional<RequestError> checkRequest() const;
  bool stamp();
  void send();

  void answerWhenDecided();
  void answerApplied();
  void answerFailed();
  void answer(PutAnswer answer);
  void end();

  void hint(const std::vector<NodeId>& lacking);
  bool surelyNotApplied() const;
  bool saysOverloaded() const;
  std::vector<NodeId> missed() const;
  void countRefused(RequestErrorKind kind);

  OpContext& context_;
  OpId op_;
  Client client_;
  PutRequest request_;
  Version version_;
  WritePlan plan_;
  std::optional<AckTally> tally_;  // from the first send on
  ApplyRequest apply_;             // what was sent
  std::vector<NodeId> hinted_;
  std::vector<DropOut> dropOuts_;    // replicas that did not take it, and why
  std::unique_ptr<PutTrace> trace_;  // null: not asked for, or the client is answered
  int tookAsNewest_ = 0;
  bool notApplied_ = false;  // answered so: then no replica can be said to lack it
  bool waitsForStamp_ = false;
  bool answered_ = false;
  bool ended_ = false;
};

}  // namespace henge::coordinator
