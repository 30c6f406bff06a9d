// Event lines that strangers can cause, kept to one a second of each kind.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "server/ports/clock.h"
#include "server/ports/events.h"

namespace henge::wire {

// Kinds are words of the program, so there are few of them. Thread: the loop's.
class LineLimiter {
 public:
  static constexpr Duration every = 1_s;

  LineLimiter(ports::Clock& clock, ports::Events& events) : clock_(clock), events_(events) {}

  // Lines left out since the last one of this kind are counted at its end.
  void note(ports::Severity severity, const std::string& kind, const std::string& line);

 private:
  struct Last {
    MonoTime at;
    std::uint64_t leftOut = 0;
  };

  ports::Clock& clock_;
  ports::Events& events_;
  std::map<std::string, Last> last_;
};

}  // namespace henge::wire
