#include "server/coordinator/deadlines.h"

namespace henge::coordinator {

void Deadlines::add(MonoTime when, OpId op) {
  ordered_.emplace(when, op);
  arm();
}

void Deadlines::remove(MonoTime when, OpId op) { ordered_.erase({when, op}); }

std::vector<OpId> Deadlines::due(MonoTime now) {
  std::vector<OpId> ended;
  while (!ordered_.empty() && ordered_.begin()->first <= now) {
    ended.push_back(ordered_.begin()->second);
    ordered_.erase(ordered_.begin());
  }
  if (armedFor_ && *armedFor_ <= now) armedFor_.reset();
  arm();
  return ended;
}

// A wake-up that comes too early (its operation has ended) only arms the next one.
void Deadlines::arm() {
  if (ordered_.empty()) return;
  const MonoTime earliest = ordered_.begin()->first;
  if (armedFor_ && *armedFor_ <= earliest) return;
  armedFor_ = earliest;
  timers_.wakeAt(earliest, sink_, 0);
}

}  // namespace henge::coordinator
