// How far a replay has come, in lines for whoever waits for it. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "core/time.h"

namespace henge::storage {

// A line for each tenth of the bytes, and one at least every `everyMax` as far as segments end by
// then; none while the replay has lasted less than `quietFor`.
class ReplayProgress {
 public:
  static constexpr Duration quietFor = 1_s;
  static constexpr Duration everyMax = 5_s;

  ReplayProgress() = default;
  ReplayProgress(std::uint64_t segments, std::uint64_t bytes, MonoTime began)
      : segments_(segments), bytes_(bytes), began_(began), lastLine_(began) {}

  // One more segment, of `bytes`, is done; `records` of all so far.
  std::optional<std::string> segmentDone(std::uint64_t bytes, std::uint64_t records, MonoTime now);

 private:
  std::string line(std::uint64_t records, Duration took) const;

  std::uint64_t segments_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t segmentsDone_ = 0;
  std::uint64_t bytesDone_ = 0;
  std::uint64_t tenthsSaid_ = 0;
  MonoTime began_;
  MonoTime lastLine_;
};

}  // namespace henge::storage
