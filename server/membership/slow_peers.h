// Which peers answer so much later than the others that reads ask them last.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "core/ids.h"
#include "core/latency_estimate.h"
#include "server/ports/clock.h"
#include "server/ports/gossip.h"

namespace henge::membership {

struct SlowPeersOptions {
  // A peer becomes slow above both; it is so no more below half of both, and not before slowAtLeast
  // has passed: then it is tried again.
  Duration slowFrom = 20_ms;  // and so was each of the last three answers: one hiccup is none
  int slowTimesMedian = 4;    // of the others' weighted latencies
  Duration slowAtLeast = 5_s;
};

class SlownessSink {
 public:
  virtual void onSlow(NodeId peer, bool slow, const std::string& why) = 0;

 protected:
  ~SlownessSink() = default;
};

// Looks at a peer when it has answered, at all others only then, once a second. Thread: its loop
// only. Clock and sink outlive it.
class SlowPeers final : public ports::Latencies {
 public:
  static constexpr Duration medianEvery = 1_s;
  static constexpr int lateInARowLeast = 3;

  SlowPeers(SlowPeersOptions options, ports::Clock& clock, SlownessSink& sink)
      : options_(options), clock_(clock), sink_(sink) {}

  void onLatency(NodeId peer, Duration took) override;

  // Of a peer that never answered: none.
  const LatencyEstimate* of(NodeId peer) const;

 private:
  struct Peer {
    LatencyEstimate latency;
    std::uint8_t lateInARow = 0;
  };
  // Of one that is late: few are.
  struct Late {
    std::optional<MonoTime> slowSince;
    Duration othersMedian;
    std::optional<MonoTime> medianAt;
  };

  void refreshMedian(NodeId node, Late& late, MonoTime now) const;

  SlowPeersOptions options_;
  ports::Clock& clock_;
  SlownessSink& sink_;
  std::map<NodeId, Peer> peers_;
  std::map<NodeId, Late> late_;
};

}  // namespace henge::membership
