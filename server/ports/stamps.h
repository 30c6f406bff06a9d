#pragma once

#include <optional>

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
  // raised, a matter of one write; see tellWhenReady().
  virtual std::optional<Version> stamp() = 0;
  // The sink outlives its event. Asked for more than once, it is told once.
  virtual void tellWhenReady(StampSink& sink) = 0;
  virtual void observe(Version version) = 0;
  virtual std::int64_t hybridNow() const = 0;  // microseconds
};

}  // namespace henge::ports
