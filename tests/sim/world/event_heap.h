// The one order in which everything happens.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "server/ports/clock.h"
#include "server/ports/timers.h"

namespace henge::sim {

class EventHeap;

// What a process has asked to be woken for. Paused: what falls due waits, in order, and comes when
// it goes on. Dead: nothing comes any more; the object stays until the heap has forgotten it.
class Life final : public ports::Timers {
 public:
  Life(EventHeap& heap, std::uint32_t owner) : heap_(heap), owner_(owner) {}

  void wakeAt(MonoTime when, ports::TimerSink& sink, std::uint64_t token) override;
  void atRoundEnd(ports::TimerSink& sink, std::uint64_t token) override;

  void pause() { paused_ = true; }
  void goOn();
  void die() { dead_ = true; }
  bool isPaused() const { return paused_; }
  bool isDead() const { return dead_; }
  std::uint32_t owner() const { return owner_; }  // the number of the machine

 private:
  friend class EventHeap;
  struct Due {
    ports::TimerSink* sink;
    std::uint64_t token;
  };

  EventHeap& heap_;
  std::uint32_t owner_;
  bool paused_ = false;
  bool dead_ = false;
  std::uint64_t queued_ = 0;  // events in the heap
  std::vector<Due> held_;     // fell due while paused
};

// Virtual time. Events of one instant come in the order they were asked for, those for the round's
// end after all others of the instant. Thread: the one there is.
class EventHeap final : public ports::Clock, public ports::Timers {
 public:
  MonoTime now() const override { return now_; }
  WallTime wall() const override { return {now_.micros + 1'700'000'000'000'000}; }

  // Of the world itself: links, faults, clients.
  void wakeAt(MonoTime when, ports::TimerSink& sink, std::uint64_t token) override;
  void atRoundEnd(ports::TimerSink& sink, std::uint64_t token) override;

  // Runs the next event that is due before `end`; false: none is, and now() is `end`.
  bool step(MonoTime end);
  // On whose machine the last event ran; nullopt: the world's.
  std::optional<std::uint32_t> lastOwner() const { return lastOwner_; }
  std::uint64_t steps() const { return steps_; }
  // Whether no event of that dead life is left, so that it may be destroyed.
  static bool forgotten(const Life& life) { return life.queued_ == 0; }

 private:
  friend class Life;
  struct Event {
    MonoTime when;
    std::uint64_t order;  // the round's end in the highest bit, then the order of asking
    ports::TimerSink* sink;
    std::uint64_t token;
    Life* life;
  };
  struct Later {
    bool operator()(const Event& a, const Event& b) const {
      return a.when != b.when ? a.when > b.when : a.order > b.order;
    }
  };
  void push(MonoTime when, bool roundEnd, ports::TimerSink& sink, std::uint64_t token, Life* life);
  bool run(const Event& event);

  MonoTime now_{1'000'000};
  std::uint64_t sequence_ = 0;
  std::uint64_t steps_ = 0;
  std::optional<std::uint32_t> lastOwner_;
  std::vector<Event> events_;  // a heap
};

}  // namespace henge::sim
