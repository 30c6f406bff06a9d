// Which peers answer so much later than the others that reads ask them last.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/ids.h"
#include "core/latency_estimate.h"
#include "server/ports/clock.h"
#include "server/ports/gossip.h"

namespace henge::membership {

struct SlowPeersOptions {
  // A peer becomes slow above both; it is so no more below half of both, and not before slowAtLeast
  // has passed: then it is tried again. If it is slow once more soon, it is tried after twice the
  // time, and so on.
  Duration slowFrom = 20_ms;  // and so was each of the last three answers: one hiccup is none
  int slowTimesMedian = 4;    // of the others' weighted latencies
  Duration slowAtLeast = 5_s;
  Duration slowAtMost = 320_s;  // before it is tried again
};

class SlownessSink {
 public:
  virtual void onSlow(NodeId peer, bool slow, const std::string& why) = 0;

 protected:
  ~SlownessSink() = default;
};

// Looks at a peer when it has answered, at all others only if it is late, once a second. A fetch
// says more than a ping, which needs no disk: for slowAtLeast after one, pings that are faster say
// nothing. Where there is one other member alone nobody is slow: there is nobody to ask first.
//
// Thread: its loop only. Clock and sink outlive it.
class SlowPeers final : public ports::Latencies {
 public:
  static constexpr Duration medianEvery = 1_s;
  static constexpr int lateInARowLeast = 3;

  SlowPeers(SlowPeersOptions options, ports::Clock& clock, SlownessSink& sink)
      : options_(options), clock_(clock), sink_(sink) {}

  void onPinged(NodeId peer, Duration took) override;
  void onFetched(NodeId peer, Duration took) override;
  void onFetchExpired(NodeId peer, Duration waited) override;

  // Of a peer that never answered: none. Valid until the next answer.
  const LatencyEstimate* of(NodeId peer) const;

 private:
  struct Peer {
    NodeId node;
    std::uint8_t lateInARow = 0;
    std::optional<MonoTime> fetchedAt{};
    MonoTime lateAt{};  // when the last of lateInARow came
    LatencyEstimate latency{};
  };
  // Of one that is late, or was slow not long ago: few are.
  struct Late {
    std::optional<MonoTime> slowSince;
    std::optional<MonoTime> endedAt;
    Duration slowFor;  // at least, the last time
  };

  Peer& at(NodeId node);
  void add(Peer& peer, Duration took);
  void judge(const Peer& peer);
  void begin(Late& late, MonoTime now) const;
  Duration othersMedian(Duration own, MonoTime now);

  SlowPeersOptions options_;
  ports::Clock& clock_;
  SlownessSink& sink_;
  std::vector<Peer> peers_;  // ascending by node
  std::map<NodeId, Late> late_;
  std::optional<MonoTime> medianAt_;
  Duration lowerMedian_, upperMedian_;  // of all: without one of the upper half, and of the lower
};

}  // namespace henge::membership
