// How much may be on its way to one node that must not be pushed: grows while its answers come
// quickly, halves when they do not (additive increase, multiplicative decrease: Chiu and Jain,
// Computer Networks and ISDN Systems 17, 1989).
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/time.h"

namespace henge {

struct SendWindowOptions {
  std::size_t first = 4;
  std::size_t max = 128;
  std::size_t bytesMax = 1ULL << 20;  // one item always goes, whatever its size
  // An answer is quick if it took no longer than this, or than `slowFactor` times the quickest
  // lately: a node far away is not a slow one.
  Duration quick = 20_ms;
  std::int64_t slowFactor = 4;
  Duration pauseMin = 100_ms;  // after a refusal for load; doubled by each further one
  Duration pauseMax = 5_s;
};

// A value: told what happens, asked what may be done. Never below one, never above `max`.
class SendWindow {
 public:
  explicit SendWindow(SendWindowOptions options = {})
      : options_(options), size_(options.first), pause_(options.pauseMin) {}

  bool allows(std::size_t inFlight, std::size_t bytesInFlight, std::size_t bytes) const;

  void onAnswered(Duration took);
  Duration onRefused();  // for load: how long to send nothing
  void onSilence();      // the next answers tell whether it is well again

  std::size_t size() const { return size_; }

 private:
  bool isQuick(Duration took);
  void halve();

  SendWindowOptions options_;
  std::size_t size_;
  std::size_t quickSince_ = 0;           // since it grew or shrank
  std::size_t excused_ = 0;              // slow ones that were on their way when it shrank
  Duration quickest_{60LL * 1'000'000};  // lately
  Duration pause_;
};

}  // namespace henge
