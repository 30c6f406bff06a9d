// Which lines of a load are stored, under way, failed.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "client/library/client.h"

namespace henge::client {

struct LoadFailure {
  std::uint64_t line = 0;
  std::string message;
  int exit = 0;  // client/exit_code.h
};

struct LoadCounts {
  std::uint64_t lines = 0;  // read
  std::uint64_t stored = 0;
  std::uint64_t failed = 0;
  std::uint64_t underWay = 0;
  std::uint64_t storedUpTo = 0;    // each line from the first to this one is stored
  std::vector<LoadFailure> first;  // of those that failed, ascending by line
};

// Thread: any; callbacks of the client report from its thread.
class LoadLedger {
 public:
  static constexpr std::size_t failuresShownMax = 5;

  void begin(std::uint64_t line);
  void end(std::uint64_t line, const PutResult& result);
  void refuse(std::uint64_t line, std::string message, int exit);  // begun or not

  LoadCounts counts() const;

  // Until fewer than `most` lines are under way, or the time has passed: false.
  bool awaitFewerThan(std::uint64_t most, std::chrono::milliseconds time) const;

 private:
  void fail(const LoadFailure& failure);

  mutable std::mutex mutex_;
  mutable std::condition_variable ended_;
  std::set<std::uint64_t> underWay_;
  std::uint64_t lines_ = 0;
  std::uint64_t stored_ = 0;
  std::uint64_t failed_ = 0;
  std::uint64_t firstFailed_ = 0;  // 0: none
  std::vector<LoadFailure> first_;
};

}  // namespace henge::client
