#include "core/send_window.h"

#include <algorithm>

namespace henge {

SendWindow::SendWindow(SendWindowOptions options) : options_(options) {
  options_.first = std::min(options_.first, options_.max);
  size_ = options_.first;
}

bool SendWindow::allows(std::size_t inFlight, std::size_t bytesInFlight, std::size_t bytes) const {
  if (inFlight == 0) return true;
  return inFlight < size_ && bytesInFlight + bytes <= options_.bytesMax;
}

// One more for each window's worth of quick answers.
void SendWindow::onAnswered(Duration took, std::uint64_t sentIn) {
  pause_ = {};
  if (!isQuick(took)) {
    if (sentIn == generation_) shrinkTo(size_ / 2);
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

Duration SendWindow::onRefused(std::uint64_t sentIn) {
  if (sentIn == generation_) {
    pauseLonger();
    shrinkTo(size_ / 2);
  }
  return pause_;
}

// The next answers tell whether it is well again.
Duration SendWindow::onSilence(std::uint64_t sentIn) {
  if (sentIn == generation_) {
    pauseLonger();
    shrinkTo(std::min(size_, options_.first));
  }
  return pause_;
}

void SendWindow::pauseLonger() {
  pause_ = std::clamp(pause_ * 2, options_.pauseMin, options_.pauseMax);
}

void SendWindow::shrinkTo(std::size_t size) {
  ++generation_;
  size_ = std::max<std::size_t>(size, 1);
  quickSince_ = 0;
}

}  // namespace henge
