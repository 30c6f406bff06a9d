#include "tests/sim/program/scale_run.h"

#include <cassert>
#include <chrono>
#include <cstdio>
#include <sys/resource.h>

#include "known_probes.h"
#include "tests/sim/program/one_run.h"
#include "tests/sim/program/report_text.h"
#include "tests/sim/program/scale.h"

namespace henge::sim {

namespace {

using Clock = std::chrono::steady_clock;

ScaleCost costSince(Clock::time_point begin) {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  ScaleCost cost;
  cost.wallSeconds = std::chrono::duration<double>(Clock::now() - begin).count();
  for (const timeval& time : {used.ru_utime, used.ru_stime}) {
    cost.cpuSeconds += static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  }
  cost.peakBytes = static_cast<std::uint64_t>(used.ru_maxrss) << 10;
  return cost;
}

Case caseOf(const Arguments& arguments, std::uint64_t seed) {
  Case what = scaleCase(*arguments.nodes, seed);
  for (const auto& [name, value] : arguments.set) {
    const Status set = setByName(what.settings, name, value);
    assert(set.ok());
  }
  if (arguments.noFaults) what.faults.clear();
  return what;
}

std::string replayOf(const Arguments& arguments, std::uint64_t seed) {
  std::string command =
      "./x sim --nodes " + std::to_string(*arguments.nodes) + " --seed " + std::to_string(seed);
  for (const auto& [name, value] : arguments.set) command += " --set " + name + "=" + value;
  return command + (arguments.noFaults ? " --no-faults" : "");
}

}  // namespace

bool runScale(const Arguments& arguments, std::uint64_t byLot) {
  const std::uint64_t seed = arguments.seed.value_or(byLot);
  const std::string name = "seed " + std::to_string(seed);
  std::printf("%s\n", replayOf(arguments, seed).c_str());
  std::fflush(stdout);
  const Clock::time_point begin = Clock::now();
  const Case what = caseOf(arguments, seed);
  RunWishes wishes;
  wishes.echo = arguments.echo;
  const RunReport report = runCase(what, wishes);
  const ScaleCost cost = costSince(begin);
  if (report.finding) {
    std::fputs(findingText(name, *report.finding, what, replayOf(arguments, seed)).c_str(), stdout);
  }
  Totals totals;
  for (const std::string_view site : knownProbes) totals.probes.emplace(site, 0);
  totals.add(report);
  std::fputs(scaleText(*arguments.nodes, report, cost).c_str(), stdout);
  std::fputs(totalsLine(totals, cost.cpuSeconds).c_str(), stdout);
  std::fflush(stdout);
  return !report.finding;
}

}  // namespace henge::sim
