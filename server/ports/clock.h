#pragma once

#include "core/time.h"

namespace henge::ports {

// Thread: the loop's.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual MonoTime now() const = 0;   // never goes back while the process lives
  virtual WallTime wall() const = 0;  // may jump either way
};

}  // namespace henge::ports
