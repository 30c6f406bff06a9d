// What passed through a door or a set of links since the process started.
#pragma once

#include <cstdint>

namespace henge::wire {

struct TrafficCounters {
  std::uint64_t connections = 0;  // accepted, or links established
  std::uint64_t refused = 0;      // connections turned away, or hellos refused
  std::uint64_t framesIn = 0;
  std::uint64_t framesOut = 0;
  std::uint64_t bytesIn = 0;
  std::uint64_t bytesOut = 0;
  std::uint64_t reads = 0;   // system calls that brought something
  std::uint64_t writes = 0;  // system calls that took something
};

}  // namespace henge::wire
