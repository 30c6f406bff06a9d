// All runs together.
#pragma once

#include <cstdint>

#include "tests/sim/program/run_report.h"

namespace henge::sim {

struct Totals {
  std::uint64_t runs = 0;
  std::uint64_t violations = 0;
  std::uint64_t withRestart = 0;  // runs that had at least one
  std::uint64_t withCut = 0;
  Duration simulated;
  std::uint64_t ops = 0;
  std::uint64_t okOps = 0;
  std::uint64_t restarts = 0;
  std::uint64_t cuts = 0;
  std::uint64_t events = 0;
  RunReport::Probes probes;  // those of knownProbes that no run reached are there with 0

  void add(const RunReport& report);
};

}  // namespace henge::sim
