#include "tests/sim/world/event_heap.h"

#include <algorithm>
#include <utility>

namespace henge::sim {

namespace {

constexpr std::uint64_t roundEndBit = 1ULL << 63;

}  // namespace

void Life::wakeAt(MonoTime when, ports::TimerSink& sink, std::uint64_t token) {
  if (!dead_) heap_.push(when, false, sink, token, this);
}

void Life::atRoundEnd(ports::TimerSink& sink, std::uint64_t token) {
  if (!dead_) heap_.push(heap_.now(), true, sink, token, this);
}

void Life::goOn() {
  paused_ = false;
  for (const Due& due : std::exchange(held_, {})) wakeAt(heap_.now(), *due.sink, due.token);
}

void EventHeap::wakeAt(MonoTime when, ports::TimerSink& sink, std::uint64_t token) {
  push(when, false, sink, token, nullptr);
}

void EventHeap::atRoundEnd(ports::TimerSink& sink, std::uint64_t token) {
  push(now_, true, sink, token, nullptr);
}

void EventHeap::push(MonoTime when, bool roundEnd, ports::TimerSink& sink, std::uint64_t token,
                     Life* life) {
  if (life != nullptr) ++life->queued_;
  const std::uint64_t order = ++sequence_ | (roundEnd ? roundEndBit : 0);
  events_.push_back({std::max(when, now_), order, &sink, token, life});
  std::push_heap(events_.begin(), events_.end(), Later());
}

bool EventHeap::step(MonoTime end) {
  while (!events_.empty() && events_.front().when <= end) {
    std::pop_heap(events_.begin(), events_.end(), Later());
    const Event event = events_.back();
    events_.pop_back();
    now_ = event.when;
    if (run(event)) return true;
  }
  now_ = std::max(now_, end);
  return false;
}

// False: nobody was there to be woken.
bool EventHeap::run(const Event& event) {
  lastOwner_.reset();
  if (event.life != nullptr) {
    Life& life = *event.life;
    lastOwner_ = life.owner_;
    --life.queued_;
    if (life.dead_) return false;
    if (life.paused_) {
      life.held_.push_back({event.sink, event.token});
      return false;
    }
  }
  ++steps_;
  event.sink->onTimer(event.token);
  return true;
}

}  // namespace henge::sim
