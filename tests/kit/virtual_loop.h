// Time and timers without a clock: events happen in the order of their time, at once.
#pragma once

#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "server/ports/clock.h"
#include "server/ports/timers.h"

namespace henge::kit {

// Virtual time moves only inside step() and the run functions. Events of one instant come in the
// order they were asked for; round ends when nothing else is left for the instant.
class VirtualLoop final : public ports::Clock, public ports::Timers {
 public:
  explicit VirtualLoop(MonoTime start = {1'000'000}, WallTime wall = {1'700'000'000'000'000});

  MonoTime now() const override { return now_; }
  WallTime wall() const override { return {now_.micros + wallOffset_}; }
  void setWall(WallTime wall) { wallOffset_ = wall.micros - now_.micros; }

  void wakeAt(MonoTime when, ports::TimerSink& sink, std::uint64_t token) override;
  void atRoundEnd(ports::TimerSink& sink, std::uint64_t token) override;

  bool step();                 // one event; false: there is none
  void run();                  // until there is none. Never returns while a timer renews itself
  void runFor(Duration span);  // everything due within it; then now() is its end
  // Steps until done() or `limit` has passed; returns done().
  bool runUntil(const std::function<bool()>& done, Duration limit = 3600_s);

  std::uint64_t steps() const { return steps_; }
  bool idle() const { return timed_.empty() && roundEnd_.empty(); }
  void forgetAll();  // every event that is still to come: their sinks are gone

 private:
  struct Event {
    ports::TimerSink* sink;
    std::uint64_t token;
  };
  bool stepUntil(MonoTime end);

  MonoTime now_;
  std::int64_t wallOffset_;
  std::uint64_t sequence_ = 0;
  std::uint64_t steps_ = 0;
  std::map<std::pair<std::int64_t, std::uint64_t>, Event> timed_;  // by time, then order of asking
  std::vector<Event> roundEnd_;
  std::vector<Event> round_;  // of roundEnd_, being handled, last first
};

// The timers of one node on a shared loop. When the node dies, so do its timers.
class MortalTimers final : public ports::Timers, private ports::TimerSink {
 public:
  explicit MortalTimers(ports::Timers& loop) : loop_(loop) {}

  void wakeAt(MonoTime when, ports::TimerSink& sink, std::uint64_t token) override;
  void atRoundEnd(ports::TimerSink& sink, std::uint64_t token) override;
  void kill() { waiting_.clear(); }  // none of what was asked for so far arrives

 private:
  void onTimer(std::uint64_t token) override;
  std::uint64_t keep(ports::TimerSink& sink, std::uint64_t token);

  ports::Timers& loop_;
  std::uint64_t next_ = 1;
  std::map<std::uint64_t, std::pair<ports::TimerSink*, std::uint64_t>> waiting_;
};

}  // namespace henge::kit
