#include "client/bench/report_json.h"

#include <nlohmann/json.hpp>

namespace henge::bench {

namespace {

using Json = nlohmann::ordered_json;

Json secondsOf(Duration span) { return static_cast<double>(span.micros) / 1e6; }

Json configOf(const Options& options, const MachineFacts& facts) {
  Json mix = Json::object();
  for (std::size_t i = 0; i < opKinds; ++i) {
    mix[std::string(nameOf(static_cast<OpKind>(i)))] = options.workload.shares[i];
  }
  Json out;
  out["nodes"] = options.nodes;
  out["mix"] = mix;
  out["workload"] = toString(options.workload);
  out["keys"] = options.keys;
  out["value_bytes"] = options.valueBytes;
  out["level"] = nameOf(options.level);
  out["connections_per_node"] = options.connectionsPerNode;
  out["in_flight"] = options.inFlight;
  out["rate"] = options.rate ? Json(*options.rate) : Json();
  out["time_s"] = secondsOf(options.time);
  out["deadline_ms"] = options.deadlineMs;
  out["only_nodes"] = options.onlyNodes;
  out["verify"] = options.verify;
  out["seed"] = facts.seed;
  return out;
}

Json kindOf(const KindTally& of, Duration took) {
  const auto at = [&](std::uint64_t perMille) {
    return of.micros.count() == 0 ? Json() : Json(of.micros.quantile(perMille));
  };
  Json out;
  out["count"] = of.micros.count();
  out["errors"] = of.errors;
  out["per_s"] =
      took.micros > 0
          ? Json(static_cast<double>(of.micros.count()) * 1e6 / static_cast<double>(took.micros))
          : Json();
  out["p50_us"] = at(500);
  out["p95_us"] = at(950);
  out["p99_us"] = at(990);
  out["p999_us"] = at(999);
  out["max_us"] = of.micros.count() == 0 ? Json() : Json(of.micros.greatest());
  return out;
}

void addTo(Json& out, const SpanTally& tally) {
  out["done"] = tally.done;
  out["errors"] = tally.errors;
  for (const auto& [name, value] :
       {std::pair("p50_us", tally.p50), std::pair("p99_us", tally.p99),
        std::pair("p999_us", tally.p999), std::pair("max_us", tally.max)}) {
    out[name] = tally.done == 0 ? Json() : Json(value);
  }
  out["over_1s"] = tally.slow;
}

Json seriesOf(const std::vector<SpanTally>& seconds) {
  Json out = Json::array();
  for (const SpanTally& second : seconds) addTo(out.emplace_back(), second);
  return out;
}

}  // namespace

std::string jsonOf(const RunReport& report, const std::vector<SpanTally>& seconds,
                   const MachineFacts& facts) {
  Json out;
  out["v"] = 1;
  out["type"] = "bench";
  out["version"] = facts.version;
  out["cores"] = facts.cores;
  out["config"] = configOf(report.options, facts);
  out["interrupted"] = report.interrupted;
  out["load_s"] = report.loadTook.micros > 0 ? secondsOf(report.loadTook) : Json();
  out["took_s"] = secondsOf(report.end.took);
  out["not_begun"] = report.end.notBegun;
  out["latency_from"] = report.options.rate ? "intended start" : "start";
  out["mismatches"] = report.options.verify ? Json(report.mismatches) : Json();
  out["resends"] = report.client.resends;
  out["hedges"] = report.client.hedges;
  out["server_cpu_us_per_op"] =
      report.cost && report.tally.done() > 0
          ? Json(report.cost->cpuMicros / static_cast<double>(report.tally.done()))
          : Json();
  for (std::size_t i = 0; i < opKinds; ++i) {
    const KindTally& of = report.tally.of(static_cast<OpKind>(i));
    if (of.micros.count() == 0 && of.errors == 0) continue;
    out["ops"][std::string(nameOf(static_cast<OpKind>(i)))] = kindOf(of, report.end.took);
  }
  out["errors"] = Json::object();
  for (const auto& [kind, errors] : report.tally.errors()) {
    out["errors"][kind] = {{"count", errors.count}, {"first", errors.first}};
  }
  out["seconds"] = seriesOf(seconds);
  return out.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string jsonOf(const SpanReport& report) {
  Json out;
  out["v"] = 1;
  out["type"] = "bench_span";
  out["at_s"] = secondsOf(report.since);
  out["span_s"] = secondsOf(report.span);
  addTo(out, report.tally);
  out["under_way"] = report.underWay;
  out["behind"] = report.behind;
  return out.dump() + "\n";
}

}  // namespace henge::bench
