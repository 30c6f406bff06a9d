// Which faults a seed brings.
#include <algorithm>

#include "tests/sim/plan/fault.h"

namespace henge::sim {

namespace {

using enum FaultKind;

constexpr Duration firstAfter = 3_s;

bool damagesDisk(FaultKind kind) {
  return kind == bitRot || kind == loseFile || kind == wipe || kind == oldDirectory;
}

// What would make the run end in a right unavailability, or needs more nodes than there are.
bool isFair(FaultKind kind, const Settings& s) {
  if (damagesDisk(kind) && s.replication == 1) return false;
  const bool betweenTwo = kind == partial || kind == oneWay || kind == halfOpen || kind == reset ||
                          kind == midFrame || kind == halves || kind == isolatePeers;
  if (betweenTwo && s.nodes < 2) return false;
  return kind != bridge || s.nodes >= 3;
}

FaultKind anyRestart(Chance& chance) {
  return chance.oneOf<FaultKind>({crash, crash, powerCut, powerCut, powerCutAll, cleanStop});
}
FaultKind anyCut(Chance& chance, const Settings& s) {
  if (s.nodes < 2) return isolate;
  return chance.oneOf<FaultKind>({isolate, isolatePeers, partial, oneWay, halves});
}

// One run in ten has no fault, to see plain errors plainly; one in twenty has every kind; of the
// rest each kind is there or not by a coin, but never without a restart and a cut.
std::vector<FaultKind> drawKinds(const Settings& settings, Chance& chance) {
  std::vector<FaultKind> kinds;
  const std::uint64_t lot = chance.below(20);
  if (lot < 2) return kinds;
  for (int i = 0; i < faultKinds; ++i) {
    const auto kind = static_cast<FaultKind>(i);
    const bool drawn = chance.oneIn(2);
    if ((lot == 2 || drawn) && isFair(kind, settings)) kinds.push_back(kind);
  }
  kinds.push_back(anyRestart(chance));
  kinds.push_back(anyCut(chance, settings));
  return kinds;
}

std::int64_t amountOf(FaultKind kind, Chance& chance) {
  switch (kind) {
    case clog:
    case swizzle:
      return chance.byMagnitude(1'000, 2'000'000);
    case slowDisk:
      return chance.byMagnitude(10, 1000);
    case diskFull:
      return chance.byMagnitude(1, 32 << 10);
    case bitRot:
      return chance.between(std::int64_t{1}, std::int64_t{8});
    case oldDirectory:
      return chance.byMagnitude(100'000, 30'000'000);
    case clockStep: {
      const std::int64_t step = chance.byMagnitude(1'000, 86'400'000'000);
      return chance.oneIn(2) ? step : -step;
    }
    case clockDrift:
      return chance.between(std::int64_t{-500}, std::int64_t{500});
    case clockBackOverRestart:
      return chance.byMagnitude(1'000, 3'600'000'000);
    default:
      return static_cast<std::int64_t>(chance.below(1000));  // which of several, where it matters
  }
}

Fault drawFault(FaultKind kind, Duration at, const Settings& settings, Chance& chance) {
  Fault fault;
  fault.at = at;
  fault.kind = kind;
  const auto nodes = static_cast<std::uint64_t>(settings.nodes);
  fault.a = static_cast<std::uint32_t>(chance.below(nodes));
  fault.b = static_cast<std::uint32_t>(chance.below(nodes));
  if (fault.a == fault.b) fault.b = static_cast<std::uint32_t>((fault.b + 1) % nodes);
  fault.lasts = chance.byMagnitude(10_ms, 20_s);
  fault.amount = amountOf(kind, chance);
  return fault;
}

}  // namespace

std::vector<Fault> drawFaults(const Settings& settings) {
  Chance chance = Chance(static_cast<std::uint64_t>(settings.seed)).fork("faults");
  std::vector<Fault> faults;
  const std::vector<FaultKind> kinds = drawKinds(settings, chance);
  if (kinds.empty()) return faults;
  const Duration gap = chance.byMagnitude(2_s, 15_s);
  const Duration end{settings.faultsMs * 1000};
  // The restart and the cut that drawKinds() put last come first, so that every run has them.
  std::vector<FaultKind> owed{kinds[kinds.size() - 2], kinds[kinds.size() - 1]};
  for (Duration at = firstAfter; at < end; at = at + chance.waiting(gap) + 10_ms) {
    FaultKind kind = chance.oneOf(kinds);
    if (!owed.empty()) {
      kind = owed.back();
      owed.pop_back();
    }
    faults.push_back(drawFault(kind, at, settings, chance));
  }
  return faults;
}

}  // namespace henge::sim
