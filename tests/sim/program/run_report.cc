#include "tests/sim/program/run_report.h"

#include <algorithm>
#include <charconv>
#include <sstream>

namespace henge::sim {

namespace {

std::string oneLine(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  if (text.size() > textBytesMax) text.resize(textBytesMax);
  return text;
}

struct NumberField {
  std::string_view name;
  std::uint64_t RunReport::*field;
};
constexpr NumberField numberFields[] = {
    {"trace", &RunReport::trace}, {"events", &RunReport::events},
    {"ops", &RunReport::ops},     {"okOps", &RunReport::okOps},
    {"cuts", &RunReport::cuts},   {"restarts", &RunReport::restarts},
};

template <typename Number>
bool readNumber(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

bool takeProbe(RunReport& report, std::string_view value) {
  const std::size_t space = value.find(' ');
  std::uint64_t count = 0;
  if (space == std::string_view::npos || !readNumber(value.substr(0, space), count)) return false;
  report.probes[std::string(value.substr(space + 1))] = count;
  return true;
}

// Its kind comes first.
bool takeOfFinding(RunReport& report, std::string_view name, std::string_view value) {
  if (name == "finding") {
    report.finding.emplace().kind = value;
    return true;
  }
  if (!report.finding) return false;
  if (name == "sentence") return report.finding->sentence = value, true;
  if (name == "event") return report.finding->events.emplace_back(value), true;
  return name == "at" && readNumber(value, report.finding->at.micros);
}

bool takeLine(RunReport& report, std::string_view line) {
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos) return false;
  const std::string_view name = line.substr(0, space), value = line.substr(space + 1);
  for (const NumberField& number : numberFields) {
    if (number.name == name) return readNumber(value, report.*number.field);
  }
  if (name == "simulated") return readNumber(value, report.simulated.micros);
  if (name == "probe") return takeProbe(report, value);
  return takeOfFinding(report, name, value);
}

}  // namespace

std::string encode(const RunReport& report) {
  std::ostringstream out;
  for (const auto& [name, field] : numberFields) out << name << " " << report.*field << "\n";
  out << "simulated " << report.simulated.micros << "\n";
  for (const auto& [site, count] : report.probes) out << "probe " << count << " " << site << "\n";
  if (!report.finding) return out.str();
  out << "finding " << oneLine(report.finding->kind) << "\n";
  out << "sentence " << oneLine(report.finding->sentence) << "\n";
  out << "at " << report.finding->at.micros << "\n";
  for (const std::string& event : report.finding->events) out << "event " << oneLine(event) << "\n";
  return out.str();
}

std::optional<RunReport> decodeReport(std::string_view text) {
  RunReport report;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos || !takeLine(report, text.substr(0, end))) {
      return std::nullopt;
    }
    text.remove_prefix(end + 1);
  }
  return report;
}

}  // namespace henge::sim
