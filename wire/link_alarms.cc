#include "wire/link_alarms.h"

#include <algorithm>
#include <functional>

namespace henge::wire {

namespace {

constexpr std::size_t entriesPerAlarmMax = 4;

}  // namespace

std::uint32_t LinkAlarms::add(AlarmSink& sink) {
  alarms_.push_back({&sink, {}, 0});
  return static_cast<std::uint32_t>(alarms_.size() - 1);
}

void LinkAlarms::setAtLatest(std::uint32_t number, MonoTime when) {
  Alarm& alarm = alarms_[number];
  if (alarm.order != 0 && alarm.when <= when) return;
  alarm.when = when;
  alarm.order = ++lastOrder_;
  if (heap_.size() >= entriesPerAlarmMax * alarms_.size()) dropLeftOver();
  heap_.push_back({when, alarm.order, number});
  std::push_heap(heap_.begin(), heap_.end(), std::greater<>());
  wakeAt(when);
}

void LinkAlarms::dropLeftOver() {
  std::erase_if(heap_, [this](const Entry& entry) { return isLeftOver(entry); });
  std::make_heap(heap_.begin(), heap_.end(), std::greater<>());
}

LinkAlarms::Entry LinkAlarms::pop() {
  std::pop_heap(heap_.begin(), heap_.end(), std::greater<>());
  const Entry entry = heap_.back();
  heap_.pop_back();
  return entry;
}

// A time that has become too early stays asked for: it is found out when it comes.
void LinkAlarms::wakeAt(MonoTime when) {
  if (wokenAt_ && *wokenAt_ <= when) return;
  wokenAt_ = when;
  timers_.wakeAt(when, *this, 0);
}

// Answers may be read before the timers come that are due.
bool LinkAlarms::stoodStillSince(MonoTime then) const {
  return stoodStillUntil_ > then || (wokenAt_ && clock_.now() - *wokenAt_ > heldUp);
}

// One that is set again inside, to be due at once, comes in an event of its own.
void LinkAlarms::onTimer(std::uint64_t) {
  const MonoTime now = clock_.now();
  if (!wokenAt_ || now < *wokenAt_) return;  // of a time that an earlier one took the place of
  if (now - *wokenAt_ > heldUp) stoodStillUntil_ = now;
  const std::uint64_t last = lastOrder_;
  while (!heap_.empty()) {
    const Entry first = heap_.front();
    const bool leftOver = isLeftOver(first);
    if (!leftOver && (now < first.when || first.order > last)) break;
    pop();
    if (leftOver) continue;
    alarms_[first.number].order = 0;
    alarms_[first.number].sink->onAlarm(first.when);
  }
  wokenAt_.reset();
  if (!heap_.empty()) wakeAt(heap_.front().when);
}

}  // namespace henge::wire
