#include "tests/sim/program/search.h"

#include <cstdio>

#include "known_probes.h"
#include "tests/sim/chance.h"
#include "tests/sim/program/one_run.h"

namespace henge::sim {

Search::Search(const Arguments& arguments, const CaseChoice& choice, RunLimits limits)
    : arguments_(arguments), choice_(choice), limits_(limits), progress_(choice.count()) {
  for (const std::string_view site : knownProbes) totals_.probes.emplace(site, 0);
}

void Search::run() {
  runInOrder([this](std::uint64_t index) { return runAt(index); }, choice_.count(), limits_,
             [this](std::uint64_t index, const RunReport& report) { return take(index, report); });
  progress_.wipe();
}

RunReport Search::runAt(std::uint64_t index) const {
  const Case what = choice_.at(index);
  Chance lot = Chance(static_cast<std::uint64_t>(what.settings.seed)).fork("twice");
  RunWishes wishes;
  wishes.twice = lot.percent(static_cast<int>(arguments_.twicePercent));
  wishes.echo = arguments_.echo;
  return runCase(what, wishes);
}

bool Search::take(std::uint64_t index, const RunReport& report) {
  totals_.add(report);
  if (arguments_.trace) {
    progress_.wipe();
    std::printf("%s trace %016llx\n", choice_.nameAt(index).c_str(),
                static_cast<unsigned long long>(report.trace));
  }
  if (report.finding) tell(index, *report.finding);
  progress_.show(totals_.runs, totals_.violations);
  return !report.finding || !arguments_.stopAtFirst;
}

void Search::tell(std::uint64_t index, const Finding& finding) {
  progress_.wipe();
  if (!first_) first_ = First{index, finding};
  std::string replay = choice_.replayOf(index);
  if (finding.kind == Finding::notDeterministic) replay += " --twice 100";
  const bool full = totals_.violations <= toldInFull;
  std::fputs((full ? findingText(choice_.nameAt(index), finding, choice_.at(index), replay)
                   : findingLine(choice_.nameAt(index), finding))
                 .c_str(),
             stdout);
  std::fflush(stdout);
}

}  // namespace henge::sim
