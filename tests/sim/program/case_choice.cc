#include "tests/sim/program/case_choice.h"

#include <algorithm>
#include <cassert>
#include <fstream>
#include <sstream>

#include "tests/sim/program/fitting.h"

namespace henge::sim {

namespace {

Result<Case> readCase(const std::string& path) {
  std::ifstream file(path);
  if (!file) return Error{ErrorKind::notFound, "cannot read the case " + path};
  std::ostringstream text;
  text << file.rdbuf();
  Result<Case> parsed = parseCase(text.str());
  if (!parsed.ok()) return Error{parsed.error().kind, path + ": " + parsed.error().message};
  return parsed;
}

}  // namespace

Result<CaseChoice> CaseChoice::from(const Arguments& arguments, std::uint64_t base) {
  CaseChoice choice(arguments);
  if (arguments.caseFile) {
    Result<Case> parsed = readCase(*arguments.caseFile);
    if (!parsed.ok()) return parsed.error();
    choice.fromFile_ = std::move(*parsed);
  } else if (arguments.seed) {
    choice.first_ = *arguments.seed;
  } else {
    choice.first_ = arguments.seedBase.value_or(base);
    choice.count_ = arguments.seeds;
  }
  if (const Status shape = checkShape(choice.at(0).settings); !shape.ok()) return shape.error();
  return choice;
}

// Where one of nodes and replication was given, the other follows.
Settings CaseChoice::overridden(Settings settings) const {
  bool nodes = false, replication = false;
  for (const auto& [name, value] : arguments_.set) {
    const Status set = setByName(settings, name, value);
    assert(set.ok());
    nodes = nodes || name == "nodes";
    replication = replication || name == "replication";
  }
  if (nodes && !replication) settings.replication = std::min(settings.replication, settings.nodes);
  if (replication && !nodes) settings.nodes = std::max(settings.replication, settings.nodes);
  return settings;
}

Case CaseChoice::at(std::uint64_t index) const {
  Case chosen;
  if (fromFile_) {
    chosen = *fromFile_;
    chosen.settings = overridden(chosen.settings);
    if (checkShape(chosen.settings).ok()) fitFaults(chosen);
  } else {
    chosen.settings = overridden(drawSettings(seedAt(index)));
    if (checkShape(chosen.settings).ok()) chosen.faults = drawFaults(chosen.settings);
  }
  if (arguments_.noFaults) chosen.faults.clear();
  return chosen;
}

std::string CaseChoice::nameAt(std::uint64_t index) const {
  return fromFile_ ? "case " + *arguments_.caseFile : "seed " + std::to_string(seedAt(index));
}

std::string CaseChoice::replayOf(std::uint64_t index) const {
  std::string command = "./x sim --" + nameAt(index);
  for (const auto& [name, value] : arguments_.set) command += " --set " + name + "=" + value;
  if (arguments_.noFaults) command += " --no-faults";
  return command;
}

}  // namespace henge::sim
