#pragma once

#include <optional>

#include "core/version.h"

namespace henge::ports {

// The node's hybrid clock, its ceiling kept on disk. Thread: the loop's.
class Stamps {
 public:
  virtual ~Stamps() = default;
  // Above everything stamped or observed before; nullopt: the ceiling on disk lags, try again soon.
  virtual std::optional<Version> stamp() = 0;
  virtual void observe(Version version) = 0;
  virtual std::int64_t hybridNow() const = 0;  // microseconds
};

}  // namespace henge::ports
