// How fast replicas answer fetches, who is stuck, and how many extra ones reads may ask.
#pragma once

#include <cstdint>
#include <map>

#include "core/ids.h"
#include "core/latency_estimate.h"
#include "core/time.h"

namespace henge::coordinator {

// When a read asks one replica more than its level needs (hedging; Dean and Barroso, "The Tail at
// Scale", CACM 2013, "Hedged requests"): after a time in which nineteen of twenty answers of those
// it waits for would have come. At most one read in twenty may: more would only add load where all
// are slow. A replica that is stuck is known to be the reason, and costs nothing of that.
//
// Thread: its loop only. As large as the overdue answers, which operations in flight bound.
class ReplicaPace {
 public:
  static constexpr Duration overdueMin{1'000};       // sooner would be noise
  static constexpr Duration overdueUnknown{20'000};  // until enough answers were measured
  static constexpr std::uint64_t measuredMin = 32;
  static constexpr Duration stuckMin{50'000};  // and four times what is overdue
  static constexpr std::int64_t readsPerExtra = 20;
  static constexpr std::int64_t extrasSaved = 10;  // at most, for bad moments

  // How long an answer of `node` may take before it is overdue.
  Duration overdueAfter(NodeId node) const;
  // How long until it is stuck.
  Duration stuckAfter(NodeId node) const;
  // An answer of `node` has been overdue for long, and still is.
  bool isStuck(NodeId node, MonoTime now) const;

  // `op` waits for `node` since `since`, and longer than overdueAfter().
  void onOverdue(NodeId node, OpId op, MonoTime since);
  // Every fetch ends here, in whichever way; with how long it took if it was an answer.
  void onAnswered(NodeId node, Duration took, MonoTime now);
  // The answer of `node` to `op`, which had perhaps ended; if it was overdue that ends.
  // `isAnswer`: not only the word that there will be none.
  void onSettled(NodeId node, OpId op, MonoTime now, bool isAnswer);

  void onRead();     // earns a twentieth of an extra
  bool takeExtra();  // false: too many were taken

  Duration p95(NodeId node) const;  // 0: unknown

 private:
  struct Replica {
    LatencyEstimate times;
    std::map<OpId, MonoTime> overdue;  // op → asked when; operations are numbered as they come
  };

  std::map<NodeId, Replica> replicas_;
  std::int64_t earned_ = extrasSaved * readsPerExtra;  // in twentieths
};

}  // namespace henge::coordinator
