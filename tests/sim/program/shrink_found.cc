#include "tests/sim/program/shrink_found.h"

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "tests/sim/program/case_file.h"
#include "tests/sim/program/one_run.h"
#include "tests/sim/program/report_text.h"
#include "tests/sim/program/same_failure.h"

namespace henge::sim {

namespace {

using Clock = std::chrono::steady_clock;

constexpr Duration candidateMax = 30_s;

double secondsSince(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

Shrunk shrinkByRunning(const Arguments& arguments, RunLimits limits, const FailingCase& found,
                       Clock::time_point begin) {
  RunWishes wishes;
  wishes.twice = found.finding.kind == Finding::notDeterministic;
  wishes.events = false;
  limits.each = std::min(limits.each, candidateMax);
  const auto stillFails = [&](const Case& candidate) {
    return failsAs(
        found.finding.kind, candidate, [wishes](const Case& what) { return runCase(what, wishes); },
        limits);
  };
  const auto timeIsUp = [&] {
    return secondsSince(begin) >= static_cast<double>(arguments.shrinkSeconds);
  };
  return shrink(found, stillFails, timeIsUp);
}

}  // namespace

Status shrinkFound(const Arguments& arguments, RunLimits limits, const FailingCase& found) {
  if (found.finding.kind == Finding::tooSlow) return {};
  const auto begin = Clock::now();
  const Shrunk shrunk = shrinkByRunning(arguments, limits, found, begin);
  std::fputs(shrunkText(shrunk, secondsSince(begin)).c_str(), stdout);
  if (!arguments.saveFolder) return {};
  const Result<std::string> saved = saveCase(*arguments.saveFolder, shrunk.rest);
  if (!saved.ok()) return saved.error();
  std::printf("again: ./x sim --case %s\n", saved->c_str());
  return {};
}

}  // namespace henge::sim
