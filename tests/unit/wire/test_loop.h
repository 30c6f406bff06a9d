// A loop around Asio that a test steps itself, or that a thread runs for blocking clients.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>
#include <thread>
#include <utility>
#include <vector>

#include "server/ports/clock.h"
#include "server/ports/timers.h"
#include "server/runtime/asio_network.h"

namespace henge::wire {

// The real clock, plus what a test has added to it. Rounds as the product's loop has them: what is
// ready, then timers, then the round's end.
class TestLoop final : public ports::Clock, public ports::Timers {
 public:
  ports::Network& network() { return network_; }

  MonoTime now() const override;
  WallTime wall() const override;
  void wakeAt(MonoTime when, ports::TimerSink& sink, std::uint64_t token) override;
  void atRoundEnd(ports::TimerSink& sink, std::uint64_t token) override;

  void advance(Duration span) { added_ = added_ + span; }
  // Rounds until done(); false if that takes 20 s of real time: the test fails, it does not hang.
  bool runUntil(const std::function<bool()>& done);
  void runRounds(int rounds);  // so many, without waiting for anything

 private:
  void round(bool mayWait);
  void runDueTimers();
  void runRoundEnd();

  struct Event {
    ports::TimerSink* sink;
    std::uint64_t token;
  };

  boost::asio::io_context context_{1};
  runtime::AsioNetwork network_{context_};
  Duration added_;
  std::multimap<MonoTime, Event> timers_;
  std::vector<Event> roundEnd_;
};

// Runs a loop in a thread until it is destroyed; what lives on the loop is destroyed after it.
class LoopThread {
 public:
  explicit LoopThread(TestLoop& loop);
  ~LoopThread();

 private:
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace henge::wire
