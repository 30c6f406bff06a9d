// Planted bugs: one of each class that the proof must catch.
#pragma once

#include <string>
#include <vector>

#include "tests/proofs/crash/sweep.h"
#include "tests/proofs/crash/workload.h"

namespace henge::proofs {

struct Planted {
  std::string name;
  storage::LogSync sync = storage::LogSync::always;
  StoreBug whileRunning = StoreBug::none;
  StoreBug whileStarting = StoreBug::none;
  // What the disk makes of the run; null: what was asked for.
  std::function<Trace(const Trace&)> run;
  // Which steps of a start do not happen; null: none.
  std::function<bool(const Event&)> startLoses;
};

std::vector<Planted> plantedBugs();

}  // namespace henge::proofs
