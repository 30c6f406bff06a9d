#include "tests/sim/program/one_run.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <set>

#include "tests/sim/world/world.h"

namespace henge::sim {

namespace {

constexpr std::size_t eventsMax = 50;

struct Run {
  Outcomes outcomes;
  std::vector<std::string> events;  // empty without a violation
};

double secondsOf(const std::string& line) { return std::strtod(line.c_str(), nullptr); }

// The nodes concerned, the clients and the world beside them, each with its share, merged by time.
std::vector<std::string> lastEvents(const Trace& trace, const Violation& violation) {
  std::set<std::uint32_t> whom(violation.nodes.begin(), violation.nodes.end());
  whom.insert({Trace::world, Trace::clients});
  std::vector<std::string> events;
  for (const std::uint32_t node : whom) {
    const auto& lines = trace.lines(node);
    const std::size_t share = std::min(lines.size(), eventsMax / whom.size());
    events.insert(events.end(), lines.end() - static_cast<std::ptrdiff_t>(share), lines.end());
  }
  std::stable_sort(events.begin(), events.end(), [](const std::string& a, const std::string& b) {
    return secondsOf(a) < secondsOf(b);
  });
  return events;
}

Run runWorld(const Case& what, bool recording, bool echo) {
  World world(what, recording);
  // A world shows its trace to be read only; where its lines go is no part of what it records.
  if (echo) const_cast<Trace&>(world.trace()).echo();
  Run run;
  run.outcomes = world.run();
  if (run.outcomes.violation) run.events = lastEvents(world.trace(), *run.outcomes.violation);
  return run;
}

RunReport reportOf(const Outcomes& outcomes) {
  RunReport report;
  report.trace = outcomes.trace;
  report.events = outcomes.events;
  report.simulated = outcomes.simulated;
  report.ops = outcomes.ops;
  report.okOps = outcomes.okOps;
  report.restarts = outcomes.restarts;
  report.cuts = outcomes.cuts;
  report.probes = outcomes.probes;
  return report;
}

Finding findingOf(const Violation& violation) {
  return {
      std::string(nameOf(violation.invariant)), toString(violation), violation.at - MonoTime{}, {}};
}

Finding differs(const Outcomes& first, const Outcomes& second) {
  const auto say = [](const Outcomes& outcomes) {
    std::array<char, 80> text{};
    std::snprintf(text.data(), text.size(), "trace %016llx after %llu events",
                  static_cast<unsigned long long>(outcomes.trace),
                  static_cast<unsigned long long>(outcomes.events));
    return text.data() +
           (outcomes.violation ? " and " + toString(*outcomes.violation) : std::string());
  };
  const std::string kind(Finding::notDeterministic);
  return {kind, kind + ": " + say(first) + ", then " + say(second), first.simulated, {}};
}

// Of the same run once more, this time kept as text.
std::vector<std::string> eventsOf(const Case& what) {
  Run again = runWorld(what, true, false);
  if (!again.outcomes.violation) return {"(none: the run with events kept violates nothing)"};
  return std::move(again.events);
}

}  // namespace

RunReport runCase(const Case& what, RunWishes wishes) {
  const Run first = runWorld(what, wishes.echo, wishes.echo);
  RunReport report = reportOf(first.outcomes);
  if (first.outcomes.violation) {
    report.finding = findingOf(*first.outcomes.violation);
    report.finding->events = first.events;
  }
  if (wishes.echo) return report;
  if (wishes.twice) {
    const Outcomes second = runWorld(what, false, false).outcomes;
    if (second.trace != first.outcomes.trace) report.finding = differs(first.outcomes, second);
  }
  if (first.outcomes.violation && wishes.events) report.finding->events = eventsOf(what);
  return report;
}

}  // namespace henge::sim
