#include "client/library/request_gate.h"

#include <cassert>

namespace henge::library {

bool RequestGate::hasRoom(std::size_t bytes) const {
  return requests_ == 0 || (requests_ < requestsMax_ && bytes_ + bytes <= bytesMax_);
}

void RequestGate::enter(std::size_t bytes) {
  ++requests_;
  bytes_ += bytes;
}

bool RequestGate::tryEnter(std::size_t bytes) {
  const std::lock_guard lock(mutex_);
  if (closed_ || !hasRoom(bytes)) return false;
  enter(bytes);
  return true;
}

bool RequestGate::enterBy(Time deadline, std::size_t bytes) {
  std::unique_lock lock(mutex_);
  ++waiting_;
  const bool isDecided =
      left_.wait_until(lock, deadline, [&] { return closed_ || hasRoom(bytes); });
  --waiting_;
  if (!isDecided || closed_) return false;
  enter(bytes);
  return true;
}

void RequestGate::leave(std::size_t bytes) {
  bool isAwaited = false;
  {
    const std::lock_guard lock(mutex_);
    assert(requests_ > 0 && bytes_ >= bytes);
    --requests_;
    bytes_ -= bytes;
    isAwaited = waiting_ > 0;
  }
  if (isAwaited) left_.notify_all();  // the next one may need more bytes than the one after it
}

void RequestGate::close() {
  {
    const std::lock_guard lock(mutex_);
    closed_ = true;
  }
  left_.notify_all();
}

bool RequestGate::isClosed() const {
  const std::lock_guard lock(mutex_);
  return closed_;
}

}  // namespace henge::library
