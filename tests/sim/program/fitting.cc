#include "tests/sim/program/fitting.h"

#include <algorithm>
#include <initializer_list>
#include <string>

namespace henge::sim {

namespace {

using enum FaultKind;

struct Least {
  std::int64_t Settings::*field;
  std::int64_t value;
};
constexpr Least leasts[] = {
    {&Settings::seed, 0},       {&Settings::faultsMs, 1},      {&Settings::nodes, 1},
    {&Settings::tokens, 1},     {&Settings::replication, 1},   {&Settings::clients, 1},
    {&Settings::keys, 1},       {&Settings::opEveryMs, 1},     {&Settings::deadlineMs, 1},
    {&Settings::hashed, 0},     {&Settings::valueBytesMax, 1}, {&Settings::logSync, 1},
    {&Settings::windowBytes, 1}};

std::string nameOfField(std::int64_t Settings::*field) {
  const auto& names = settingNames();
  const auto found = std::find_if(names.begin(), names.end(),
                                  [field](const SettingName& name) { return name.field == field; });
  return found->name;
}

bool isOneOf(FaultKind kind, std::initializer_list<FaultKind> kinds) {
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

bool fits(const Fault& fault, const Settings& settings) {
  if (fault.at.micros >= settings.faultsMs * 1000) return false;
  if (settings.replication == 1 && isOneOf(fault.kind, {bitRot, loseFile, wipe, oldDirectory})) {
    return false;
  }
  if (settings.nodes < 2 &&
      isOneOf(fault.kind, {isolatePeers, partial, oneWay, halves, halfOpen, reset, midFrame})) {
    return false;
  }
  return settings.nodes >= 3 || fault.kind != bridge;
}

}  // namespace

Status checkShape(const Settings& settings) {
  for (const auto& [field, value] : leasts) {
    if (settings.*field >= value) continue;
    return Error{ErrorKind::invalidRequest,
                 nameOfField(field) + " must be at least " + std::to_string(value)};
  }
  if (settings.replication <= settings.nodes) return {};
  return Error{ErrorKind::invalidRequest, "replication " + std::to_string(settings.replication) +
                                              " wants as many nodes, not " +
                                              std::to_string(settings.nodes)};
}

void fitFaults(Case& what) {
  const auto nodes = static_cast<std::uint32_t>(what.settings.nodes);
  std::erase_if(what.faults, [&](const Fault& fault) { return !fits(fault, what.settings); });
  for (Fault& fault : what.faults) {
    const bool apart = fault.a != fault.b;
    fault.a %= nodes;
    fault.b %= nodes;
    if (apart && fault.a == fault.b) fault.b = (fault.b + 1) % nodes;
  }
}

}  // namespace henge::sim
