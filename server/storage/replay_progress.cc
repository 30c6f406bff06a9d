#include "server/storage/replay_progress.h"

namespace henge::storage {

namespace {

std::string mebibytes(std::uint64_t bytes) {
  const std::uint64_t tenths = bytes * 10 / (1 << 20);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
}

}  // namespace

std::optional<std::string> ReplayProgress::segmentDone(std::uint64_t bytes, std::uint64_t records,
                                                       MonoTime now) {
  ++segmentsDone_;
  bytesDone_ += bytes;
  if (segmentsDone_ == segments_ || bytesDone_ == 0 || now - began_ < quietFor) return std::nullopt;
  const std::uint64_t tenths = bytes_ == 0 ? 0 : bytesDone_ * 10 / bytes_;
  if (tenths == tenthsSaid_ && now - lastLine_ < everyMax) return std::nullopt;
  tenthsSaid_ = tenths;
  lastLine_ = now;
  return line(records, now - began_);
}

// What is left at the pace so far.
std::string ReplayProgress::line(std::uint64_t records, Duration took) const {
  const auto done = static_cast<double>(bytesDone_);
  const double left = static_cast<double>(bytes_ - bytesDone_) / done;
  const auto seconds = static_cast<std::int64_t>(static_cast<double>(took.micros) / 1e6 * left);
  return "replaying " + std::to_string(segmentsDone_) + " of " + std::to_string(segments_) +
         " segments, " + mebibytes(bytesDone_) + " of " + mebibytes(bytes_) + " MiB, " +
         std::to_string(records) + " records; about " + std::to_string(seconds) + " s to go";
}

}  // namespace henge::storage
