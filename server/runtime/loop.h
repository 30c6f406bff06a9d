// The event loop of a shard: one thread, in rounds. A round handles all that is ready, then the
// timers that are due, then the round-end hooks (one write per connection, one hand-over per disk).
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <queue>
#include <vector>

#include "server/ports/clock.h"
#include "server/ports/timers.h"

namespace boost::asio {
class io_context;
}

namespace henge::runtime {

// Thread: every method on the thread that is in run() – before run(), on the thread that will be –
// except post() and stop(), which any thread may call. Sockets and disks made on this loop are
// destroyed before it.
//
// Posted functions and timers are not counted here: each stands for an operation that its asker has
// already bounded.
class Loop final : public ports::Clock, public ports::Timers {
 public:
  // So that a flood of ready sockets cannot keep a round, and thereby every answer, from ending.
  static constexpr int handlersPerRoundMax = 1024;
  // A hook may ask for another; what is left after so many passes waits for the next round.
  static constexpr int roundEndPassesMax = 16;

  Loop();
  ~Loop() override;
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // For sockets. Lives as long as the loop.
  boost::asio::io_context& context();

  // Returns once stop() was called, at the end of a round. May be run again.
  void run();
  void stop();

  // Runs `work` on the loop, never inside the call, in the order of the calls. Many posts between
  // two rounds wake the loop once.
  void post(std::function<void()> work);

  MonoTime now() const override;   // std::chrono::steady_clock
  WallTime wall() const override;  // std::chrono::system_clock
  // Never early; a time that is already due comes in a following round. Equal times: in call order.
  void wakeAt(MonoTime when, ports::TimerSink& sink, std::uint64_t token) override;
  void atRoundEnd(ports::TimerSink& sink, std::uint64_t token) override;

 private:
  struct Asio;  // keeps Asio's headers out of this one
  struct Timer {
    MonoTime when;
    std::uint64_t sequence;
    ports::TimerSink* sink;
    std::uint64_t token;
    friend bool operator>(const Timer& a, const Timer& b) {
      return a.when != b.when ? a.when > b.when : a.sequence > b.sequence;
    }
  };
  struct Hook {
    ports::TimerSink* sink;
    std::uint64_t token;
  };

  bool mayBlock() const;
  void arm();
  void runReady();
  void runPosted();
  void runDueTimers();
  void runRoundEnd();

  std::unique_ptr<Asio> asio_;
  std::priority_queue<Timer, std::vector<Timer>, std::greater<>> timers_;
  std::uint64_t timerSequence_ = 0;
  std::vector<Hook> hooks_;
  std::atomic<bool> stopping_ = false;
  std::mutex postedMutex_;
  std::vector<std::function<void()>> posted_;  // under postedMutex_
};

}  // namespace henge::runtime
