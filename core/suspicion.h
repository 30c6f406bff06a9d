// How long a suspected member has to refute.
#pragma once

#include <cstddef>
#include <vector>

#include "core/ids.h"
#include "core/time.h"

namespace henge {

// Dadgar, Phillips, Currey: Lifeguard: Local Health Awareness for More Accurate Failure Detection
// (DSN-W 2018), section IV-B: who suspects alone waits long; each other member that has found out
// by itself shortens it.
struct SuspicionTiming {
  Duration least;  // with `confirmationsMax` others, or where there are no others to ask
  Duration most;   // with none
  int confirmationsMax = 0;

  static constexpr int confirmationsWanted = 3;

  // `members` of the cluster, both of the pair among them. The least grows with the logarithm of
  // the cluster, as the way of a rumour does; at ten members and below it is `leastOfTen`.
  static SuspicionTiming of(std::size_t members, Duration leastOfTen);

  Duration after(int confirmations) const;
};

// One suspicion, as one member holds it.
class Suspicion {
 public:
  Suspicion(NodeId by, MonoTime since, SuspicionTiming timing)
      : timing_(timing), since_(since), by_{by} {}

  // Somebody else suspects it too. False: that was known, or there are enough.
  bool confirm(NodeId by);
  bool wantsConfirmation() const { return confirmations() < timing_.confirmationsMax; }
  bool isBy(NodeId node) const;

  // The holder itself was held up for so long: nothing could be heard.
  void forgive(Duration time) { forgiven_ = forgiven_ + time; }

  MonoTime end() const { return since_ + timing_.after(confirmations()) + forgiven_; }
  const std::vector<NodeId>& by() const { return by_; }  // the first, then those who confirmed

 private:
  int confirmations() const { return static_cast<int>(by_.size()) - 1; }

  SuspicionTiming timing_;
  MonoTime since_;
  Duration forgiven_;
  std::vector<NodeId> by_;  // at most confirmationsMax + 1
};

}  // namespace henge
