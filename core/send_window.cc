#include "core/send_window.h"

#include <algorithm>

namespace henge {

bool SendWindow::allows(std::size_t inFlight, std::size_t bytesInFlight, std::size_t bytes) const {
  if (inFlight == 0) return true;
  return inFlight < size_ && bytesInFlight + bytes <= options_.bytesMax;
}

// One more for each window's worth of quick answers. A slow one halves it once for all that was on
// its way with it, not once for each.
void SendWindow::onAnswered(Duration took) {
  pause_ = options_.pauseMin;
  const bool excused = excused_ > 0;
  if (excused) --excused_;
  if (!isQuick(took)) {
    if (!excused) halve();
    quickSince_ = 0;
  } else if (++quickSince_ >= size_) {
    size_ = std::min(size_ + 1, options_.max);
    quickSince_ = 0;
  }
}

// What was quickest is forgotten bit by bit, so that a network which has become slower for good is
// judged by what it is.
bool SendWindow::isQuick(Duration took) {
  constexpr std::int64_t share = 1024;
  if (took <= quickest_)
    quickest_ = took;
  else
    quickest_.micros += (took.micros - quickest_.micros) / share;
  return took <= options_.quick || took <= quickest_ * options_.slowFactor;
}

Duration SendWindow::onRefused() {
  halve();
  const Duration pause = pause_;
  pause_ = std::min(pause_ * 2, options_.pauseMax);
  return pause;
}

void SendWindow::onSilence() {
  size_ = std::min(size_, options_.first);
  quickSince_ = 0;
}

void SendWindow::halve() {
  excused_ = size_;
  size_ = std::max<std::size_t>(size_ / 2, 1);
  quickSince_ = 0;
}

}  // namespace henge
