#include "tests/sim/program/scale.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace henge::sim {

namespace {

constexpr Duration loadLasts = 60_s;
constexpr std::uint64_t kills = 10;
constexpr Duration downFor = 3_s;

std::string oneDigit(double value) {
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%.1f", value);
  return text.data();
}

std::string whole(double value) { return std::to_string(static_cast<std::uint64_t>(value)); }

}  // namespace

// One is back before the next is killed: each key keeps a quorum.
Case scaleCase(std::uint64_t nodes, std::uint64_t seed) {
  Case what;
  Settings& s = what.settings;
  s.seed = static_cast<std::int64_t>(seed);
  s.nodes = static_cast<std::int64_t>(nodes);
  s.replication = std::min<std::int64_t>(3, s.nodes);
  s.faultsMs = loadLasts.micros / 1000;
  s.upFirst = 1;
  s.clients = 20;
  s.opEveryMs = 10;
  s.keys = 200;
  const Duration apart = Duration{loadLasts.micros / static_cast<std::int64_t>(kills + 1)};
  for (std::uint64_t kill = 0; kill < kills; ++kill) {
    Fault fault;
    fault.kind = FaultKind::crash;
    fault.at = apart * static_cast<std::int64_t>(kill + 1);
    fault.a = static_cast<std::uint32_t>((seed + kill * nodes / kills) % nodes);
    fault.lasts = downFor;
    what.faults.push_back(fault);
  }
  return what;
}

std::string scaleText(std::uint64_t nodes, const RunReport& report, const ScaleCost& cost) {
  const double perSecond =
      cost.cpuSeconds > 0 ? static_cast<double>(report.events) / cost.cpuSeconds : 0.0;
  const double okPercent =
      report.ops == 0 ? 0.0
                      : 100.0 * static_cast<double>(report.okOps) / static_cast<double>(report.ops);
  return "nodes " + std::to_string(nodes) + "  simulated " +
         oneDigit(static_cast<double>(report.simulated.micros) / 1e6) + " s\n" + "events " +
         std::to_string(report.events) + " (" + whole(perSecond) + " per CPU second)  wall " +
         oneDigit(cost.wallSeconds) + " s  CPU " + oneDigit(cost.cpuSeconds) + " s\n" +
         "memory at its peak " + std::to_string(cost.peakBytes >> 20) + " MiB, " +
         std::to_string((cost.peakBytes >> 10) / nodes) + " KiB a node\n" + "operations " +
         std::to_string(report.ops) + " (" + oneDigit(okPercent) + " % ok)  restarts " +
         std::to_string(report.restarts) + "  violations " + (report.finding ? "1" : "0") + "\n";
}

}  // namespace henge::sim
