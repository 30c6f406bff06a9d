// What people read while a load runs and when it has ended. Pure.
#pragma once

#include <optional>
#include <string>

#include "client/bench/arguments.h"
#include "client/bench/runner.h"
#include "client/bench/tally.h"

namespace henge::bench {

// What the servers named by --pids used for it.
struct ServerCost {
  double cpuMicros = 0;
  bool caughtUp = true;  // their stores have taken in all that was written
};

// All that a run has to say.
struct RunReport {
  const Options& options;
  const Tally& tally;
  RunEnd end;
  Duration loadTook;  // 0: no load
  std::uint64_t mismatches = 0;
  ClientCounters client;
  bool interrupted = false;
  std::optional<ServerCost> cost;
};

std::string headline(const Options& options);
// One line each, without its end.
std::string loadingLine(std::uint64_t done, std::uint64_t keys, std::uint64_t errors);
std::string secondLine(const Options& options, Duration since, const SpanTally& second,
                       std::uint64_t errors);
std::string summary(const RunReport& report);  // lines, each ended

}  // namespace henge::bench
