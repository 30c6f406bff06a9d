#include "tests/sim/plan/fault.h"

#include <array>
#include <charconv>
#include <sstream>

namespace henge::sim {

namespace {

constexpr std::array<std::string_view, faultKinds> names{"crash",        "powerCut",
                                                         "powerCutAll",  "cleanStop",
                                                         "pause",        "otherLimits",
                                                         "secondStart",  "isolate",
                                                         "isolatePeers", "partial",
                                                         "oneWay",       "halves",
                                                         "bridge",       "clog",
                                                         "swizzle",      "halfOpen",
                                                         "reset",        "midFrame",
                                                         "refuseDials",  "neverRead",
                                                         "slowDisk",     "stallDisk",
                                                         "diskFull",     "writeError",
                                                         "syncError",    "renameError",
                                                         "bitRot",       "loseFile",
                                                         "wipe",         "oldDirectory",
                                                         "clockStep",    "clockDrift",
                                                         "clockStuck",   "clockBackOverRestart"};

}  // namespace

std::string_view nameOf(FaultKind kind) { return names.at(static_cast<std::size_t>(kind)); }

std::string print(const Fault& fault) {
  std::ostringstream out;
  out << fault.at.micros << " " << nameOf(fault.kind) << " a " << fault.a << " b " << fault.b
      << " lasts " << fault.lasts.micros << " amount " << fault.amount;
  return out.str();
}

Result<Fault> parseFault(std::string_view line) {
  std::istringstream in{std::string(line)};
  Fault fault;
  std::string kind, a, b, lasts, amount;
  in >> fault.at.micros >> kind >> a >> fault.a >> b >> fault.b >> lasts >> fault.lasts.micros >>
      amount >> fault.amount;
  if (in && a == "a" && b == "b" && lasts == "lasts" && amount == "amount") {
    for (std::size_t i = 0; i < names.size(); ++i) {
      if (names[i] != kind) continue;
      fault.kind = static_cast<FaultKind>(i);
      return fault;
    }
  }
  return Error{ErrorKind::invalidRequest, "no fault: \"" + std::string(line) + "\""};
}

std::string print(const Case& what) {
  std::string text = print(what.settings, false);
  for (const Fault& fault : what.faults) text += "fault " + print(fault) + "\n";
  return text;
}

Result<Case> parseCase(std::string_view text) {
  Case parsed;
  std::istringstream in{std::string(text)};
  for (std::string line; std::getline(in, line);) {
    const std::string trimmed = line.substr(0, line.find('#'));
    const std::size_t space = trimmed.find(' ');
    if (space == std::string::npos) {
      if (trimmed.empty()) continue;
      return Error{ErrorKind::invalidRequest, "a line wants a name and a value: \"" + line + "\""};
    }
    const std::string name = trimmed.substr(0, space);
    const std::size_t last = trimmed.find_last_not_of(' ');
    const std::string value = trimmed.substr(space + 1, last - space);
    if (name != "fault") {
      if (const Status set = setByName(parsed.settings, name, value); !set.ok()) return set.error();
      continue;
    }
    Result<Fault> fault = parseFault(value);
    if (!fault.ok()) return fault.error();
    parsed.faults.push_back(*fault);
  }
  return parsed;
}

}  // namespace henge::sim
