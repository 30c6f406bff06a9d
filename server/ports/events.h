#pragma once

#include <string>

namespace henge::ports {

enum class Severity { info, warning, error };

// What an operator should read: one line an event, from any layer above core. Thread: the loop's.
class Events {
 public:
  virtual ~Events() = default;
  virtual void note(Severity severity, const std::string& line) = 0;
};

}  // namespace henge::ports
