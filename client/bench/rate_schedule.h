// When each operation of an open loop is meant to begin.
#pragma once

#include <cstdint>

#include "core/time.h"

namespace henge::bench {

// The n-th, from 0, at start + n / rate, whatever became of those before it: a stall of the cluster
// is counted in the latency of every operation that was meant to begin meanwhile.
class RateSchedule {
 public:
  // Precondition: 1 ≤ ratePerSecond ≤ 10,000,000.
  RateSchedule(MonoTime start, std::int64_t ratePerSecond)
      : start_(start), ratePerSecond_(ratePerSecond) {}

  MonoTime beginOf(std::int64_t n) const {
    const std::int64_t seconds = n / ratePerSecond_;
    const std::int64_t rest = n % ratePerSecond_;
    return start_ + Duration{seconds * 1'000'000 + rest * 1'000'000 / ratePerSecond_};
  }
  // How many are meant to have begun before `now`.
  std::int64_t dueBefore(MonoTime now) const {
    const std::int64_t passed = (now - start_).micros;
    if (passed <= 0) return 0;
    const std::int64_t seconds = passed / 1'000'000;
    const std::int64_t rest = passed % 1'000'000;
    return seconds * ratePerSecond_ + (rest * ratePerSecond_ + 999'999) / 1'000'000;
  }

 private:
  MonoTime start_;
  std::int64_t ratePerSecond_;
};

}  // namespace henge::bench
