// What came of the operations of a load.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "client/bench/workload.h"
#include "core/histogram.h"
#include "core/time.h"

namespace henge::bench {

// Of one kind of operation: those that succeeded, by latency in microseconds.
struct KindTally {
  Histogram micros{6};
  std::uint64_t errors = 0;
};

// Errors of one kind; the first few in words.
struct ErrorTally {
  std::uint64_t count = 0;
  std::vector<std::string> first;
};

struct SecondTally {
  std::uint64_t done = 0;
  std::uint64_t errors = 0;
  std::uint64_t p50 = 0, p99 = 0, p999 = 0;  // microseconds
};

// Thread: one at a time.
class Tally {
 public:
  static constexpr std::size_t errorsShown = 3;  // of each kind

  void onDone(OpKind kind, Duration latency);
  void onError(OpKind kind, const std::string& errorKind, const std::string& message);

  const KindTally& of(OpKind kind) const { return kinds_[static_cast<std::size_t>(kind)]; }
  const std::map<std::string, ErrorTally>& errors() const { return errors_; }
  std::uint64_t done() const;
  std::uint64_t failed() const;

  // What was counted since the last call.
  SecondTally takeSecond();

 private:
  std::array<KindTally, opKinds> kinds_;
  std::map<std::string, ErrorTally> errors_;
  Histogram second_{6};
  std::uint64_t secondErrors_ = 0;
};

}  // namespace henge::bench
