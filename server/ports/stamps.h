#pragma once

#include <cstdint>
#include <optional>

#include "core/ids.h"
#include "core/time.h"
#include "core/version.h"

namespace henge::ports {

// Told once, on a later event: stamps can be drawn again. Thread: the loop's.
class StampSink {
 public:
  virtual void onStampsReady() = 0;

 protected:
  ~StampSink() = default;
};

// The node's hybrid clock, its ceiling kept on disk. Thread: the loop's.
class Stamps {
 public:
  virtual ~Stamps() = default;
  // Above everything stamped or observed before; nullopt: the ceiling on disk lags and is being
  // raised, a matter of one write, or the wall clock has not yet passed what a run that crashed may
  // have stamped, a matter of a second; see tellWhenReady().
  virtual std::optional<Version> stamp() = 0;
  // The sink outlives its event. Asked for more than once, it is told once.
  virtual void tellWhenReady(StampSink& sink) = 0;
  virtual void observe(Version version) = 0;
  // A member's hybrid time in microseconds. One too far ahead is not taken over: the versions it
  // gives are refused where they enter the cluster.
  virtual void observeTime(std::int64_t hybridTime) = 0;
  // A member's wall clock when it sent what has just arrived.
  virtual void hearClock(NodeId from, WallTime wall) = 0;
  virtual WallTime wall() const = 0;           // this machine's, as it is
  virtual std::int64_t hybridNow() const = 0;  // microseconds
};

}  // namespace henge::ports
