#include "client/bench/report_text.h"

#include <algorithm>
#include <fmt/format.h>

#include "core/text_table.h"

namespace henge::bench {

namespace {

constexpr int barWidth = 20;

// Of microseconds: three digits, as many as the histogram is good for.
std::string millis(std::uint64_t micros) {
  const double ms = static_cast<double>(micros) / 1000;
  return fmt::format("{:.{}f}", ms, ms < 10 ? 2 : ms < 100 ? 1 : 0);
}

std::string bar(double share) {
  const int full = static_cast<int>(std::clamp(share, 0.0, 1.0) * barWidth);
  return "[" + std::string(static_cast<std::size_t>(full), '#') +
         std::string(static_cast<std::size_t>(barWidth - full), '-') + "]";
}

double perSecond(std::uint64_t count, Duration span) {
  return span.micros > 0 ? static_cast<double>(count) * 1e6 / static_cast<double>(span.micros) : 0;
}

std::string kindTable(const RunReport& report) {
  TextTable table({{"op"},
                   {"count", Align::right},
                   {"op/s", Align::right},
                   {"p50", Align::right},
                   {"p95", Align::right},
                   {"p99", Align::right},
                   {"p99.9", Align::right},
                   {"max", Align::right},
                   {"errors", Align::right}});
  for (std::size_t i = 0; i < opKinds; ++i) {
    const auto kind = static_cast<OpKind>(i);
    const KindTally& of = report.tally.of(kind);
    if (of.micros.count() == 0 && of.errors == 0) continue;
    std::vector<Cell> row = {
        {std::string(nameOf(kind))},
        {std::to_string(of.micros.count())},
        {fmt::format("{:.0f}", perSecond(of.micros.count(), report.end.took))}};
    for (const std::uint64_t perMille : {500, 950, 990, 999}) {
      row.push_back({of.micros.count() == 0 ? "-" : millis(of.micros.quantile(perMille))});
    }
    row.push_back({of.micros.count() == 0 ? "-" : millis(of.micros.greatest())});
    row.push_back({std::to_string(of.errors)});
    table.add(std::move(row));
  }
  return table.take(false);
}

std::string errorLines(const Tally& tally) {
  std::string out;
  for (const auto& [kind, errors] : tally.errors()) {
    out += fmt::format("{} {}:\n", errors.count, kind);
    for (const std::string& message : errors.first) out += "  " + printable(message) + "\n";
    if (errors.count > errors.first.size()) out += "  …\n";
  }
  return out;
}

}  // namespace

std::string headline(const Options& options) {
  std::string out = fmt::format("bench {} over {} keys · {} B · {} · ", toString(options.workload),
                                options.keys, options.valueBytes, nameOf(options.level));
  out += options.rate
             ? fmt::format("open loop {}/s, at most {} in flight", *options.rate, options.inFlight)
             : fmt::format("closed loop, {} in flight", options.inFlight);
  if (options.connectionsPerNode > 1) {
    out += fmt::format(" · {} connections to each node", options.connectionsPerNode);
  }
  if (options.onlyNodes) out += fmt::format(" · only by {}", fmt::join(options.nodes, ", "));
  return out + (options.verify ? " · verified" : "");
}

std::string loadingLine(std::uint64_t done, std::uint64_t keys, std::uint64_t errors) {
  const double share = static_cast<double>(done) / static_cast<double>(keys);
  return fmt::format("loading {} keys  {}  {:3.0f} %  errors {}", keys, bar(share), 100 * share,
                     errors);
}

std::string secondLine(const Options& options, Duration since, const SpanTally& second,
                       std::uint64_t errors) {
  const double share = static_cast<double>(since.micros) / static_cast<double>(options.time.micros);
  const auto at = [&](std::uint64_t micros) { return second.done == 0 ? "-" : millis(micros); };
  return fmt::format("{}  {}/{} s  {} op/s  errors {}  p50 {}  p99 {}  p99.9 {} ms", bar(share),
                     since.micros / 1'000'000, options.time.micros / 1'000'000, second.done, errors,
                     at(second.p50), at(second.p99), at(second.p999));
}

std::string summary(const RunReport& report) {
  const Options& options = report.options;
  std::string out = report.interrupted ? "interrupted: so far\n" : "";
  out += kindTable(report);
  out += fmt::format("{:.0f} op/s in {:.1f} s; latency in ms from the {} of each operation",
                     perSecond(report.tally.done(), report.end.took),
                     static_cast<double>(report.end.took.micros) / 1e6,
                     options.rate ? "intended start" : "start");
  if (report.client.resends > 0) out += fmt::format("; {} resends", report.client.resends);
  if (report.client.hedges > 0) out += fmt::format("; {} hedged reads", report.client.hedges);
  out += "\n";
  if (report.end.notBegun > 0) {
    out += fmt::format(
        "{} operations were due and not begun: the cluster does not keep up with "
        "{}/s at {} in flight\n",
        report.end.notBegun, *options.rate, options.inFlight);
  }
  if (report.cost && report.tally.done() > 0) {
    out += fmt::format("servers {:.1f} CPU us/op{}\n",
                       report.cost->cpuMicros / static_cast<double>(report.tally.done()),
                       report.cost->caughtUp ? "" : " (a store has not caught up)");
  }
  if (options.verify) {
    out +=
        report.mismatches == 0
            ? "verified: every value read was the one written\n"
            : fmt::format("NOT VERIFIED: {} values were not what was written\n", report.mismatches);
  }
  return out + errorLines(report.tally);
}

}  // namespace henge::bench
