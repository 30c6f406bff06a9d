// The side of a node that clients talk to: one operation per request, spread over the replicas.
#pragma once

#include <map>
#include <memory>
#include <unordered_map>
#include <vector>

#include "core/limits.h"
#include "core/ring.h"
#include "server/coordinator/counters.h"
#include "server/coordinator/deadlines.h"
#include "server/coordinator/op_context.h"
#include "server/coordinator/replica_pace.h"
#include "server/ports/client_service.h"
#include "server/ports/replica_service.h"
#include "server/ports/stamps.h"
#include "server/ports/timers.h"

namespace henge::coordinator {

class PutOp;
class GetOp;

// Begins an operation for each request and brings every answer and deadline to the operation it is
// addressed to. What an operation does stands in put_op.h and get_op.h; an answer to one that has
// ended is counted and dropped. Each request is answered exactly once, perhaps inside the call.
//
// Thread: its loop only. Client sinks outlive their requests; env's ports outlive the coordinator,
// which must outlive every answer still to come from `peers` and `timers`.
class Coordinator final : public ports::ClientService,
                          public ports::ReplicaSink,
                          public ports::TimerSink,
                          public ports::StampSink {
 public:
  Coordinator(CoordinatorOptions options, std::shared_ptr<const Ring> ring, CoordinatorEnv env);
  ~Coordinator() override;
  Coordinator(const Coordinator&) = delete;
  Coordinator& operator=(const Coordinator&) = delete;

  void put(OpId clientOp, ports::ClientSink& sink, PutRequest request) override;
  void get(OpId clientOp, ports::ClientSink& sink, GetRequest request) override;

  void onApplied(OpId op, NodeId from, ApplyReply reply) override;
  void onFetched(OpId op, NodeId from, FetchReply reply) override;
  void onTimer(std::uint64_t token) override;
  void onStampsReady() override;

  // In flight; puts live on after their client was answered.
  std::size_t operations() const { return puts_.size() + gets_.size(); }
  const Counters& counters() const { return counters_; }

 private:
  bool full() const { return operations() >= options_.operationsMax; }
  void awaitStamp(OpId op);
  void endPut(OpId op);
  void endGet(OpId op);
  void noteRefusal(NodeId from, Refusal refusal, const std::string& message);

  CoordinatorOptions options_;
  std::shared_ptr<const Ring> ring_;
  CoordinatorEnv env_;
  Counters counters_;
  ReplicaPace pace_;
  Deadlines overdue_;
  OpContext context_;
  Deadlines deadlines_;
  std::uint64_t lastOp_ = 0;
  std::unordered_map<OpId, std::unique_ptr<PutOp>> puts_;
  std::vector<OpId> unstamped_;  // of puts_, in the order they came; at most operationsMax
  std::unordered_map<OpId, std::unique_ptr<GetOp>> gets_;
  std::map<std::pair<NodeId, Refusal>, MonoTime> noted_;  // when an operator was last told
};

}  // namespace henge::coordinator
