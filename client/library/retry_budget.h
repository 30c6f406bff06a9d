// How many requests may be sent a second time: a part of all requests, so that they never become a
// storm.
#pragma once

#include <algorithm>
#include <cstdint>

namespace henge::library {

// Begins with `reserve` and never holds more: enough to send again all that was under way on a node
// that has died. One more for every `requestsEach` requests.
class RetryBudget {
 public:
  RetryBudget(std::uint64_t reserve, std::uint64_t requestsEach)
      : cost_(requestsEach), most_(reserve * requestsEach), held_(most_) {}

  void onRequest() { held_ = std::min(held_ + 1, most_); }
  bool hasOne() const { return held_ >= cost_; }
  void take() { held_ -= cost_; }  // precondition: hasOne()

 private:
  std::uint64_t cost_;
  std::uint64_t most_;
  std::uint64_t held_;
};

}  // namespace henge::library
