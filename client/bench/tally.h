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

// What ended in a span of time; latencies in microseconds.
struct SpanTally {
  std::uint64_t done = 0;
  std::uint64_t errors = 0;
  std::uint64_t p50 = 0, p99 = 0, p999 = 0, max = 0;
  std::uint64_t slow = 0;  // of those done, above Span::slowAbove
};

class Span {
 public:
  static constexpr Duration slowAbove = 1_s;

  void onDone(std::uint64_t micros);
  void onError() { ++errors_; }

  // What was counted since the last call.
  SpanTally take();

 private:
  Histogram micros_{6};
  std::uint64_t errors_ = 0;
  std::uint64_t slow_ = 0;
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

  // Each: what was counted since its last call. Of a second, and of a span that was asked for.
  SpanTally takeSecond() { return second_.take(); }
  SpanTally takeReport() { return report_.take(); }

 private:
  std::array<KindTally, opKinds> kinds_;
  std::map<std::string, ErrorTally> errors_;
  Span second_, report_;
};

}  // namespace henge::bench
