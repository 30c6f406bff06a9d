// How many requests of a Client may be under way at once.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>

namespace henge::library {

// Any thread. One request fits whatever its bytes if there is no other.
class RequestGate {
 public:
  using Time = std::chrono::steady_clock::time_point;

  RequestGate(std::size_t requestsMax, std::size_t bytesMax)
      : requestsMax_(requestsMax), bytesMax_(bytesMax) {}

  bool tryEnter(std::size_t bytes);                // false: at a limit, or closed
  bool enterBy(Time deadline, std::size_t bytes);  // waits; false: not by then, or closed
  void leave(std::size_t bytes);
  void close();  // nobody enters any more; who waits is told
  bool isClosed() const;

 private:
  bool hasRoom(std::size_t bytes) const;
  void enter(std::size_t bytes);

  const std::size_t requestsMax_;
  const std::size_t bytesMax_;
  mutable std::mutex mutex_;  // for all below
  std::condition_variable left_;
  std::size_t requests_ = 0;
  std::size_t bytes_ = 0;
  std::size_t waiting_ = 0;
  bool closed_ = false;
};

}  // namespace henge::library
