// When operations in flight must end: one timer for the earliest, however many there are.
#pragma once

#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "core/ids.h"
#include "core/time.h"
#include "server/ports/timers.h"

namespace henge::coordinator {

// Thread: its loop only. As large as the operations in flight.
class Deadlines {
 public:
  Deadlines(ports::Timers& timers, ports::TimerSink& sink) : timers_(timers), sink_(sink) {}

  void add(MonoTime when, OpId op);
  void remove(MonoTime when, OpId op);

  // Called by the sink when its timer rings: takes out what is due, earliest first.
  std::vector<OpId> due(MonoTime now);

 private:
  void arm();

  ports::Timers& timers_;
  ports::TimerSink& sink_;
  std::set<std::pair<MonoTime, OpId>> ordered_;
  std::optional<MonoTime> armedFor_;  // the earliest wake-up asked for and not yet rung
};

}  // namespace henge::coordinator
