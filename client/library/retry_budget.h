// How many resends there may be: a tenth of the requests, so that they never become a storm.
#pragma once

#include <algorithm>
#include <cstdint>

namespace henge::library {

// Begins with `reserve` and never holds more: enough to send again all that was under way on a node
// that has died. Each request adds a tenth.
class RetryBudget {
 public:
  explicit RetryBudget(std::uint64_t reserve)
      : tenthsMax_(tenthsPerResend * reserve), tenths_(tenthsMax_) {}

  void onRequest() { tenths_ = std::min(tenths_ + 1, tenthsMax_); }
  bool hasOne() const { return tenths_ >= tenthsPerResend; }
  void take() { tenths_ -= tenthsPerResend; }  // precondition: hasOne()

 private:
  static constexpr std::uint64_t tenthsPerResend = 10;

  std::uint64_t tenthsMax_;
  std::uint64_t tenths_;
};

}  // namespace henge::library
