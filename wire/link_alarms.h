// When each link must look at the time next: one timer for all of them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "server/ports/clock.h"
#include "server/ports/timers.h"

namespace henge::wire {

class AlarmSink {
 public:
  // The alarm is not set any more. `due` is what it was set to: long ago, if the loop was held up.
  virtual void onAlarm(MonoTime due) = 0;

 protected:
  ~AlarmSink() = default;
};

// A link that is asked and answered moves its alarm each time: timers of its own would be left over
// by thousands. Alarms of one time come in the order they were set. Thread: the loop's. The sinks
// outlive the loop's last round.
class LinkAlarms final : private ports::TimerSink {
 public:
  LinkAlarms(ports::Clock& clock, ports::Timers& timers) : clock_(clock), timers_(timers) {}

  std::uint32_t add(AlarmSink& sink);  // its number, for good; not set yet
  // An alarm so late says that this process was held up, not that the peers were silent.
  static constexpr Duration heldUp = 20_ms;

  // An earlier time that it is set to stays.
  void setAtLatest(std::uint32_t number, MonoTime when);

  // Whether this process stood still at some time since then, as far as the alarms have shown it.
  bool stoodStillSince(MonoTime then) const;

 private:
  struct Alarm {
    AlarmSink* sink;
    MonoTime when;
    std::uint64_t order = 0;  // 0: not set
  };
  // Of an alarm that has been set anew since, it is left over.
  struct Entry {
    MonoTime when;
    std::uint64_t order;
    std::uint32_t number;
    friend bool operator>(const Entry& a, const Entry& b) {
      return a.when != b.when ? a.when > b.when : a.order > b.order;
    }
  };

  void onTimer(std::uint64_t token) override;
  void wakeAt(MonoTime when);
  bool isLeftOver(const Entry& entry) const { return alarms_[entry.number].order != entry.order; }
  void dropLeftOver();
  Entry pop();

  ports::Clock& clock_;
  ports::Timers& timers_;
  std::vector<Alarm> alarms_;
  std::vector<Entry> heap_;  // the soonest at the front
  std::uint64_t lastOrder_ = 0;
  MonoTime stoodStillUntil_;         // the last time; before all times: never
  std::optional<MonoTime> wokenAt_;  // the earliest time the timers were asked for
};

}  // namespace henge::wire
