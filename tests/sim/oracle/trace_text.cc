#include "tests/sim/oracle/trace_text.h"

#include <map>
#include <sstream>
#include <string_view>

namespace henge::sim {

namespace {

struct Counts {
  int sent = 0;
  int answers = 0;
  int noAnswers = 0;
};

// "  0.31  n2  answers …": whose it is, and what is said.
struct Step {
  std::string node;
  std::string text;
};

std::optional<Step> stepOf(const std::string& line) {
  std::istringstream in(line);
  double at = 0;
  Step step;
  if (!line.starts_with("  ") || !(in >> at >> step.node >> std::ws)) return std::nullopt;
  std::getline(in, step.text);
  return step;
}

void count(const Step& step, std::map<std::string, Counts>& counts) {
  if (step.text.starts_with("to ")) ++counts[step.text.substr(3, step.text.find(':') - 3)].sent;
  if (step.text.starts_with("answers ")) ++counts[step.node].answers;
  if (step.text.starts_with("no answer")) ++counts[step.node].noAnswers;
}

std::vector<std::string> linesOf(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

}  // namespace

std::optional<std::string> wrongIn(const std::string& trace, const std::vector<NodeId>& answered) {
  const std::vector<std::string> lines = linesOf(trace);
  if (lines.size() < 2 || !lines.front().starts_with("trace ")) return "has no head";
  if (lines.back().starts_with(" ") || !lines.back().ends_with(".")) {
    return "has no closing sentence";
  }
  std::map<std::string, Counts> counts;
  for (std::size_t i = 1; i + 1 < lines.size(); ++i) {
    const std::optional<Step> step = stepOf(lines[i]);
    if (!step) return "has a line that is no step: " + lines[i];
    count(*step, counts);
  }
  for (const auto& [node, seen] : counts) {
    if (seen.sent == seen.answers + seen.noAnswers) continue;
    return "tells of " + std::to_string(seen.sent) + " messages to " + node + " and of " +
           std::to_string(seen.answers + seen.noAnswers) + " ends of them";
  }
  for (const NodeId node : answered) {
    if (counts[toString(node)].answers == 0)
      return "does not tell what " + toString(node) + " answered";
  }
  return std::nullopt;
}

}  // namespace henge::sim
