// What the other members' clocks say, so that one clock that runs away does not take the cluster's
// time with it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>

#include "core/ids.h"
#include "core/time.h"

namespace henge {

// Pure: the caller brings the time. One per node.
//
// A node whose wall clock is ahead of what a majority of the members say stamps only `leadMax`
// ahead of them: its writes are neither refused by replicas nor do they hide everybody's later
// ones. Where no majority has been heard, this clock is believed. A clock that lags needs nothing:
// its stamps follow what it observes (core/hybrid_clock.h). What members say here is their wall
// clock as it is: hybrid times follow each other, and so would creep.
class PeerTimes {
 public:
  static constexpr Duration heardWithin{30'000'000};  // who was silent for longer says nothing
  static constexpr Duration summedEvery{1'000'000};   // what is heard counts at the latest then

  // members: of the cluster, this one among them.
  PeerTimes(std::size_t members, Duration leadMax) : members_(members), leadMax_(leadMax) {}

  // wall: of `from`, when it sent what arrived at `now`.
  void heard(NodeId from, WallTime wall, MonoTime now);

  // How far `wall` is ahead of what a majority of the members say; 0 if it is not, or none is
  // heard.
  Duration lead(WallTime wall, MonoTime now) const;
  Duration leadMax() const { return leadMax_; }
  // `wall`, but at most leadMax ahead.
  WallTime bounded(WallTime wall, MonoTime now) const;

 private:
  struct Heard {
    std::int64_t offset = 0;  // its wall clock less this node's monotonic one
    MonoTime at;
  };

  void sum(MonoTime now);

  std::size_t members_;
  Duration leadMax_;
  std::map<NodeId, Heard> heard_;
  MonoTime summedAt_;
  std::optional<std::int64_t> majority_;  // the offset that a majority has not passed
};

}  // namespace henge
