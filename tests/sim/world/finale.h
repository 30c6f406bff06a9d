// When all is healed: what must then come true.
#pragma once

#include "core/consistency.h"
#include "tests/sim/oracle/client_op.h"

namespace henge::sim {

class World;

// I18, I19, I6, I9, I13, in that order. Stops at the first violation.
class Finale {
 public:
  explicit Finale(World& world) : world_(world) {}
  void play();
  // Every process serves, every link is up, everybody votes; false: a violation.
  bool comeBack();

 private:
  bool endOldRequests();
  bool handOver();
  bool serveEveryKey();
  bool drainQueues();
  bool agree();
  void describe();
  bool succeeds(ClientVerb verb, std::size_t key, Consistency level);

  World& world_;
  std::uint32_t turn_ = 0;
};

}  // namespace henge::sim
