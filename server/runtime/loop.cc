#include "server/runtime/loop.h"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cassert>
#include <chrono>
#include <optional>
#include <utility>

namespace henge::runtime {

namespace {

template <typename Clock>
std::int64_t microsOf() {
  const auto sinceEpoch = Clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(sinceEpoch).count();
}

}  // namespace

struct Loop::Asio {
  boost::asio::io_context context{1};  // one thread runs it; posting is safe all the same
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{
      context.get_executor()};
  boost::asio::steady_timer alarm{context};
  std::optional<MonoTime> armedFor;
};

Loop::Loop() : asio_(std::make_unique<Asio>()) {}
Loop::~Loop() = default;

boost::asio::io_context& Loop::context() { return asio_->context; }

void Loop::run() {
  while (!stopping_.exchange(false)) {
    if (mayBlock()) {
      arm();
      asio_->context.run_one();
    }
    runReady();
    runDueTimers();
    runRoundEnd();
  }
}

void Loop::stop() {
  stopping_ = true;
  boost::asio::post(asio_->context, [] {});  // wakes the loop to see it
}

void Loop::post(std::function<void()> work) {
  bool first = false;
  {
    const std::lock_guard lock(postedMutex_);
    first = posted_.empty();
    posted_.push_back(std::move(work));
  }
  if (first) boost::asio::post(asio_->context, [this] { runPosted(); });
}

MonoTime Loop::now() const { return {microsOf<std::chrono::steady_clock>()}; }
WallTime Loop::wall() const { return {microsOf<std::chrono::system_clock>()}; }

void Loop::wakeAt(MonoTime when, ports::TimerSink& sink, std::uint64_t token) {
  timers_.push({when, timerSequence_++, &sink, token});
}

void Loop::atRoundEnd(ports::TimerSink& sink, std::uint64_t token) {
  hooks_.push_back({&sink, token});
}

bool Loop::mayBlock() const {
  if (!hooks_.empty()) return false;
  return timers_.empty() || timers_.top().when > now();
}

// One alarm for all timers. It is moved only to an earlier time: with deadlines of one length, the
// usual case, that is one system call per firing and not one per timer.
void Loop::arm() {
  if (timers_.empty()) return;
  const MonoTime next = timers_.top().when;
  if (asio_->armedFor && *asio_->armedFor <= next) return;
  asio_->armedFor = next;
  const std::chrono::microseconds sinceEpoch(next.micros);
  asio_->alarm.expires_at(std::chrono::steady_clock::time_point(sinceEpoch));
  asio_->alarm.async_wait([this](const boost::system::error_code& error) {
    if (!error) asio_->armedFor.reset();  // else it was moved
  });
}

void Loop::runReady() {
  for (int handled = 0; handled < handlersPerRoundMax; ++handled) {
    if (asio_->context.poll_one() == 0) return;
  }
}

void Loop::runPosted() {
  std::vector<std::function<void()>> works;
  {
    const std::lock_guard lock(postedMutex_);
    works.swap(posted_);
  }
  for (auto& work : works) work();
}

// Timers set while these run have later sequences and wait for the next round, due or not.
void Loop::runDueTimers() {
  if (timers_.empty()) return;
  const MonoTime until = now();
  std::vector<Timer> due;
  while (!timers_.empty() && timers_.top().when <= until) {
    due.push_back(timers_.top());
    timers_.pop();
  }
  for (const Timer& timer : due) timer.sink->onTimer(timer.token);
}

void Loop::runRoundEnd() {
  for (int pass = 0; pass < roundEndPassesMax && !hooks_.empty(); ++pass) {
    std::vector<Hook> hooks;
    hooks.swap(hooks_);
    for (const Hook& hook : hooks) hook.sink->onTimer(hook.token);
  }
}

}  // namespace henge::runtime
