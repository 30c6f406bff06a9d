#include "tests/sim/program/same_failure.h"

#include "tests/sim/chance.h"

namespace henge::sim {

std::vector<Case> withOtherSeeds(const Case& candidate) {
  std::vector<Case> cases{candidate};
  const Chance chance(hash64(print(candidate)));
  for (std::uint64_t i = 1; i <= otherSeeds; ++i) {
    cases.push_back(candidate);
    cases.back().settings.seed = static_cast<std::int64_t>(chance.fork("seed", i).next() >> 40);
  }
  return cases;
}

std::optional<FailingCase> failsAs(const std::string& kind, const Case& candidate,
                                   const std::function<RunReport(const Case&)>& runOne,
                                   RunLimits limits) {
  const std::vector<Case> cases = withOtherSeeds(candidate);
  std::optional<FailingCase> found;
  runInOrder([&](std::uint64_t index) { return runOne(cases[index]); }, cases.size(), limits,
             [&](std::uint64_t index, const RunReport& report) {
               if (!report.finding || report.finding->kind != kind) return true;
               found = FailingCase{cases[index], *report.finding};
               return false;
             });
  return found;
}

}  // namespace henge::sim
