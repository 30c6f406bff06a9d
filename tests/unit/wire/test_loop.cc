#include "tests/unit/wire/test_loop.h"

#include <chrono>

namespace henge::wire {

namespace {

template <typename Clock>
std::int64_t microsNow() {
  const auto since = Clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(since).count();
}

}  // namespace

MonoTime TestLoop::now() const { return {microsNow<std::chrono::steady_clock>() + added_.micros}; }
WallTime TestLoop::wall() const { return {microsNow<std::chrono::system_clock>() + added_.micros}; }

void TestLoop::wakeAt(MonoTime when, ports::TimerSink& sink, std::uint64_t token) {
  timers_.emplace(when, Event{&sink, token});
}

void TestLoop::atRoundEnd(ports::TimerSink& sink, std::uint64_t token) {
  roundEnd_.push_back({&sink, token});
}

// Without the sanitizer's check of virtual calls: it opens a pipe the first time it sees a class,
// and some tests leave no descriptors.
__attribute__((no_sanitize("vptr"))) void TestLoop::runDueTimers() {
  std::vector<Event> due;
  const MonoTime until = now();
  while (!timers_.empty() && timers_.begin()->first <= until) {
    due.push_back(timers_.begin()->second);
    timers_.erase(timers_.begin());
  }
  for (const Event& event : due) event.sink->onTimer(event.token);
}

void TestLoop::runRoundEnd() {
  for (int pass = 0; pass < 16 && !roundEnd_.empty(); ++pass) {
    const std::vector<Event> events = std::exchange(roundEnd_, {});
    for (const Event& event : events) event.sink->onTimer(event.token);
  }
}

void TestLoop::round(bool mayWait) {
  context_.restart();
  if (mayWait && roundEnd_.empty()) {
    context_.run_one_for(std::chrono::milliseconds(1));
    context_.restart();
  }
  for (int handled = 0; handled < 1024 && context_.poll_one() > 0; ++handled) context_.restart();
  runDueTimers();
  runRoundEnd();
}

bool TestLoop::runUntil(const std::function<bool()>& done) {
  const std::int64_t giveUp = microsNow<std::chrono::steady_clock>() + 20'000'000;
  while (!done()) {
    if (microsNow<std::chrono::steady_clock>() > giveUp) return false;
    round(true);
  }
  return true;
}

void TestLoop::runRounds(int rounds) {
  for (int i = 0; i < rounds; ++i) round(false);
}

LoopThread::LoopThread(TestLoop& loop)
    : thread_([this, &loop] {
        while (!stopping_) {
          (void)loop.runUntil([this] { return stopping_.load(); });
        }
      }) {}

LoopThread::~LoopThread() {
  stopping_ = true;
  thread_.join();
}

}  // namespace henge::wire
