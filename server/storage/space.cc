#include "server/storage/space.h"

#include <algorithm>
#include <string>

#include "core/rehearsal.h"

namespace henge::storage {

Status Space::admit(RecordKind kind, std::uint64_t bytes) {
  look();
  if (!left_) return {};
  Status status = checkSpace(*left_, sink_.spaceNeed(), kind);
  if (status)
    *left_ -= std::min(*left_, bytes);
  else
    probe("space: a write is refused");
  return status;
}

void Space::look() {
  const MonoTime now = environment_.clock.now();
  if (asking_ || (asked_ && now < *asked_ + options_.spaceSeenEvery)) return;
  asked_ = now;
  asking_ = true;
  environment_.disk.space(OpId{1}, *this);
}

void Space::keepLooking(bool wanted) {
  wanted_ = wanted;
  if (wanted) wakeLater();
}

void Space::onDisk(OpId, ports::DiskResult result) {
  asking_ = false;
  if (result.status) {
    left_ = result.freeBytes;
    judge();
  }
  if (short_ || wanted_) wakeLater();
  if (result.status) sink_.onSpaceSeen();
}

void Space::judge() {
  const Status status = checkSpace(*left_, sink_.spaceNeed(), RecordKind::value);
  refusal_ = status ? "" : status.error().message;
  if (short_ == !status) return;
  short_ = !status;
  if (short_)
    environment_.events.note(
        ports::Severity::error,
        "no space  puts are refused, gets go on, removes while the ballast lasts: " + refusal_);
  else
    environment_.events.note(ports::Severity::info,
                             "space     puts are taken again: " + std::to_string(*left_) +
                                 " bytes are free on the disk");
}

void Space::wakeLater() {
  if (waking_) return;
  waking_ = true;
  environment_.timers.wakeAt(environment_.clock.now() + options_.spaceSeenEvery, *this, 0);
}

void Space::onTimer(std::uint64_t) {
  waking_ = false;
  look();
  if (!asking_ && (short_ || wanted_)) wakeLater();  // a write has just asked
}

}  // namespace henge::storage
