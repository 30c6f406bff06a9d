// How much memory a piece of code held at its worst, through operator new.
#pragma once

#include <cstddef>

namespace henge::wire {

// Counts every allocation of the program while it lives; one at a time.
class AllocationMeter {
 public:
  AllocationMeter();
  ~AllocationMeter();
  std::size_t peakBytes() const;  // above what was held when it began
};

}  // namespace henge::wire
