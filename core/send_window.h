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
  Duration pauseMin = 100_ms;  // after a refusal for load, or silence; doubled by each further one
  Duration pauseMax = 5_s;
};

// A value: told what happens, asked what may be done. Never below one, never above `max`.
//
// What goes wrong counts once for all that was on its way with it: each item is sent in a
// generation of the window, and whatever shrinks it begins the next one.
class SendWindow {
 public:
  explicit SendWindow(SendWindowOptions options = {});

  bool allows(std::size_t inFlight, std::size_t bytesInFlight, std::size_t bytes) const;
  std::uint64_t generation() const { return generation_; }  // of what is sent now

  // What became of one that was sent in generation `sentIn`.
  void onAnswered(Duration took, std::uint64_t sentIn);
  // The target has too much to do, or nothing was heard: how long to send nothing.
  Duration onRefused(std::uint64_t sentIn);
  Duration onSilence(std::uint64_t sentIn);

  std::size_t size() const { return size_; }

 private:
  bool isQuick(Duration took);
  void shrinkTo(std::size_t size);
  void pauseLonger();

  SendWindowOptions options_;
  std::size_t size_ = 1;
  std::uint64_t generation_ = 0;
  std::size_t quickSince_ = 0;           // since it grew or shrank
  Duration quickest_{60LL * 1'000'000};  // lately
  Duration pause_;                       // the last one; 0: something was taken since
};

}  // namespace henge
