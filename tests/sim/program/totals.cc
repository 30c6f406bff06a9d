#include "tests/sim/program/totals.h"

namespace henge::sim {

void Totals::add(const RunReport& report) {
  ++runs;
  violations += report.finding ? 1 : 0;
  withRestart += report.restarts > 0 ? 1 : 0;
  withCut += report.cuts > 0 ? 1 : 0;
  simulated = simulated + report.simulated;
  ops += report.ops;
  okOps += report.okOps;
  restarts += report.restarts;
  cuts += report.cuts;
  events += report.events;
  for (const auto& [site, count] : report.probes) probes[site] += count;
}

}  // namespace henge::sim
