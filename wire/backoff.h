// How long to wait before the next attempt.
#pragma once

#include <algorithm>

#include "core/time.h"
#include "server/ports/random.h"

namespace henge::wire {

// Doubled after each failure from least to most; of each, between a half and the whole by chance,
// so that nodes which lost each other at one moment do not all return at one moment.
class Backoff {
 public:
  Backoff(Duration least, Duration most) : least_(least), most_(most), now_(least) {}

  Duration afterFailure(ports::Random& random) {
    const Duration delay = jittered(now_, random);
    now_ = std::min(most_, now_ * 2);
    return delay;
  }
  void reset() { now_ = least_; }

  static Duration jittered(Duration whole, ports::Random& random) {
    const auto half = static_cast<std::uint64_t>(std::max<std::int64_t>(whole.micros / 2, 1));
    return {whole.micros - static_cast<std::int64_t>(random.below(half))};
  }

 private:
  Duration least_;
  Duration most_;
  Duration now_;
};

}  // namespace henge::wire
