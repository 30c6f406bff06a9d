// One road to every replica: the node's own without the network, the others by their links.
#pragma once

#include <unordered_map>
#include <variant>
#include <vector>

#include "server/ports/replica_service.h"
#include "server/ports/timers.h"

namespace henge::coordinator {

// The own replica may answer inside the call; its answers are kept and delivered once a loop round,
// so an operation is never entered again while it is sending. Remote answers go straight to the
// asker. Open local calls are as many as the coordinator's operations (its operationsMax), twice
// over for reads that write back.
//
// Thread: its loop only. Sinks and ports outlive the calls.
class ReplicaRoute final : public ports::Peers, public ports::ReplicaSink, public ports::TimerSink {
 public:
  ReplicaRoute(NodeId self, ports::ReplicaService& local, ports::Peers& remote,
               ports::Timers& timers);

  void apply(NodeId to, OpId op, ports::ReplicaSink& sink, ApplyRequest request) override;
  void fetch(NodeId to, OpId op, ports::ReplicaSink& sink, FetchRequest request) override;

  void onApplied(OpId op, NodeId from, ApplyReply reply) override;  // of the own replica
  void onFetched(OpId op, NodeId from, FetchReply reply) override;
  void onTimer(std::uint64_t token) override;  // the round has ended

 private:
  struct Asker {
    OpId op;
    ports::ReplicaSink* sink = nullptr;
  };
  struct Answer {
    Asker asker;
    NodeId from;
    std::variant<ApplyReply, FetchReply> reply;
  };

  OpId remember(OpId op, ports::ReplicaSink& sink);
  void keep(OpId local, NodeId from, std::variant<ApplyReply, FetchReply> reply);

  NodeId self_;
  ports::ReplicaService& local_;
  ports::Peers& remote_;
  ports::Timers& timers_;
  std::uint64_t lastOp_ = 0;
  std::unordered_map<OpId, Asker> open_;
  std::vector<Answer> answers_;  // of this round, in the order they came
};

}  // namespace henge::coordinator
