#include "tests/sim/program/report_text.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <vector>

#include "tests/sim/program/case_file.h"

namespace henge::sim {

namespace {

template <typename... Values>
std::string formatted(const char* format, Values... values) {
  std::array<char, 512> text{};
  const int size = std::snprintf(text.data(), text.size(), format, values...);
  return {text.data(), std::min(static_cast<std::size_t>(std::max(0, size)), text.size() - 1)};
}

double percentOf(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0.0 : 100.0 * static_cast<double>(part) / static_cast<double>(whole);
}

unsigned long long number(std::uint64_t value) { return value; }

// "seed 7, nodes 5, …": those that differ from the defaults.
std::string settingsText(const Settings& settings) {
  std::string text = print(settings, false);
  if (!text.empty()) text.pop_back();
  for (std::size_t at = text.find('\n'); at != std::string::npos; at = text.find('\n', at)) {
    text.replace(at, 1, ", ");
  }
  return text;
}

}  // namespace

std::string findingLine(const std::string& name, const Finding& finding) {
  return "violation in " + name + "\n  " + finding.sentence + "\n";
}

std::string findingText(const std::string& name, const Finding& finding, const Case& what,
                        const std::string& replay) {
  std::string text = findingLine(name, finding);
  text += "  settings: " + settingsText(what.settings) + "\n";
  text += "  faults: " + std::to_string(what.faults.size()) + "\n";
  if (!finding.events.empty()) text += "  last events:\n";
  for (const std::string& event : finding.events) text += "    " + event + "\n";
  return text + "  again: " + replay + "\n";
}

std::string shrunkText(const Shrunk& shrunk, double seconds) {
  const Case& what = shrunk.rest.what;
  std::string text = formatted(
      "shrunk to %zu faults, %lld clients, %lld keys, %lld nodes in %.0f s, %llu candidates",
      what.faults.size(), static_cast<long long>(what.settings.clients),
      static_cast<long long>(what.settings.keys), static_cast<long long>(what.settings.nodes),
      seconds, number(shrunk.tried));
  if (!shrunk.minimal) text += "; the time was up, more could go";
  return text + "\n" + caseText(shrunk.rest);
}

std::string probeTable(const RunReport::Probes& probes) {
  std::vector<std::pair<std::string, std::uint64_t>> rows(probes.begin(), probes.end());
  std::stable_sort(rows.begin(), rows.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  std::string text;
  for (const auto& [site, count] : rows) {
    text += formatted("%12llu  ", number(count)) + site;
    if (count < probeWanted) text += "  ◀ " + std::string(count == 0 ? "never" : "rarely");
    text += "\n";
  }
  return text;
}

std::string sharesText(const Totals& totals) {
  return formatted("a restart in %.0f %% of the runs, a cut in %.0f %%\n",
                   percentOf(totals.withRestart, totals.runs),
                   percentOf(totals.withCut, totals.runs));
}

std::string totalsLine(const Totals& totals, double cpuSeconds) {
  const auto reached = std::count_if(totals.probes.begin(), totals.probes.end(),
                                     [](const auto& row) { return row.second >= probeWanted; });
  const double perSecond = cpuSeconds > 0 ? static_cast<double>(totals.events) / cpuSeconds : 0.0;
  return formatted("seeds %llu  cluster-hours %.1f  operations %llu (%.1f %% ok)  ",
                   number(totals.runs), static_cast<double>(totals.simulated.micros) / 3.6e9,
                   number(totals.ops), percentOf(totals.okOps, totals.ops)) +
         formatted("restarts %llu  cuts %llu  events %llu (%.0f per CPU second)  ",
                   number(totals.restarts), number(totals.cuts), number(totals.events), perSecond) +
         formatted("probes %llu/%llu reached ≥ %llu times  violations %llu\n",
                   number(static_cast<std::uint64_t>(reached)), number(totals.probes.size()),
                   number(probeWanted), number(totals.violations));
}

}  // namespace henge::sim
