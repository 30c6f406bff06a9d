#include "tests/kit/virtual_loop.h"

#include <algorithm>
#include <limits>

namespace henge::kit {

VirtualLoop::VirtualLoop(MonoTime start, WallTime wall)
    : now_(start), wallOffset_(wall.micros - start.micros) {}

void VirtualLoop::wakeAt(MonoTime when, ports::TimerSink& sink, std::uint64_t token) {
  timed_.emplace(std::pair(std::max(when, now_).micros, ++sequence_), Event{&sink, token});
}

void VirtualLoop::atRoundEnd(ports::TimerSink& sink, std::uint64_t token) {
  roundEnd_.push_back({&sink, token});
}

bool VirtualLoop::step() { return stepUntil({std::numeric_limits<std::int64_t>::max()}); }

bool VirtualLoop::stepUntil(MonoTime end) {
  bool dueNow = !timed_.empty() && timed_.begin()->first.first <= now_.micros;
  if (round_.empty() && !dueNow) {
    round_.assign(roundEnd_.rbegin(), roundEnd_.rend());
    roundEnd_.clear();
  }
  Event event{};
  if (!round_.empty()) {
    event = round_.back();
    round_.pop_back();
  } else {
    if (timed_.empty() || timed_.begin()->first.first > end.micros) return false;
    now_.micros = std::max(now_.micros, timed_.begin()->first.first);
    event = timed_.begin()->second;
    timed_.erase(timed_.begin());
  }
  ++steps_;
  event.sink->onTimer(event.token);
  return true;
}

void VirtualLoop::run() {
  while (step()) {
  }
}

void VirtualLoop::runFor(Duration span) {
  MonoTime end = now_ + span;
  while (stepUntil(end)) {
  }
  now_ = end;
}

bool VirtualLoop::runUntil(const std::function<bool()>& done, Duration limit) {
  MonoTime end = now_ + limit;
  while (!done())
    if (!stepUntil(end)) return done();
  return true;
}

void VirtualLoop::forgetAll() {
  timed_.clear();
  roundEnd_.clear();
  round_.clear();
}

void MortalTimers::wakeAt(MonoTime when, ports::TimerSink& sink, std::uint64_t token) {
  loop_.wakeAt(when, *this, keep(sink, token));
}

void MortalTimers::atRoundEnd(ports::TimerSink& sink, std::uint64_t token) {
  loop_.atRoundEnd(*this, keep(sink, token));
}

std::uint64_t MortalTimers::keep(ports::TimerSink& sink, std::uint64_t token) {
  waiting_.emplace(next_, std::pair(&sink, token));
  return next_++;
}

void MortalTimers::onTimer(std::uint64_t token) {
  auto found = waiting_.find(token);
  if (found == waiting_.end()) return;
  auto [sink, theirs] = found->second;
  waiting_.erase(found);
  sink->onTimer(theirs);
}

}  // namespace henge::kit
