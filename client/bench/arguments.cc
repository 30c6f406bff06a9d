#include "client/bench/arguments.h"

#include <charconv>
#include <fmt/format.h>
#include <map>

#include "client/bench/value_check.h"
#include "core/did_you_mean.h"

namespace henge::bench {

namespace {

constexpr std::int64_t timeMsMax = 7LL * 24 * 3600 * 1000;

Error wrong(std::string message) { return {ErrorKind::invalidRequest, std::move(message)}; }

template <typename Number>
Status setNumber(std::string_view flag, std::string_view text, std::int64_t least,
                 std::int64_t most, Number& out) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number < least || number > most) {
    return wrong(
        fmt::format("{} is a whole number, {} to {}, not \"{}\"", flag, least, most, text));
  }
  out = static_cast<Number>(number);
  return {};
}

// "500ms" "30s" "2m" "1h"; a bare number is seconds.
Status setSpan(std::string_view flag, std::string_view text, Duration& out) {
  static const std::map<std::string_view, std::int64_t> units = {
      {"ms", 1}, {"s", 1000}, {"", 1000}, {"m", 60'000}, {"h", 3'600'000}};
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  const auto unit = units.find(text.substr(static_cast<std::size_t>(end - text.data())));
  const bool isRight = error == std::errc{} && unit != units.end() && count >= 1 &&
                       count <= timeMsMax / unit->second;
  if (!isRight) {
    return wrong(
        fmt::format("{} is a span such as 500ms, 30s, 2m or 1h, at most seven days, "
                    "not \"{}\"",
                    flag, text));
  }
  out = 1_ms * (count * unit->second);
  return {};
}

std::vector<std::string> wordsOf(std::string_view text) {
  std::vector<std::string> words(1);
  for (const char c : text) {
    if (c != ',' && c != ' ' && c != '\t') {
      words.back() += c;
    } else if (!words.back().empty()) {
      words.emplace_back();
    }
  }
  if (words.back().empty()) words.pop_back();
  return words;
}

Status setPids(std::string_view text, std::vector<int>& out) {
  for (const std::string& word : wordsOf(text)) {
    Status status = setNumber("--pids", word, 1, 1 << 30, out.emplace_back());
    if (!status.ok()) return status;
  }
  return {};
}

Status setLevel(std::string_view text, Consistency& out) {
  const std::optional<Consistency> level = parseConsistency(text);
  if (!level) return wrong(fmt::format("--level is one, quorum or all, not \"{}\"", text));
  out = *level;
  return {};
}

Status setWorkload(std::string_view text, Workload& out) {
  const Result<Workload> preset = presetOf(text);
  if (!preset.ok()) return preset.error();
  out = *preset;
  return {};
}

using Set = Status (*)(std::string_view, Options&);

const std::map<std::string, Set, std::less<>>& valueFlags() {
  static const std::map<std::string, Set, std::less<>> table = {
      {"node", [](std::string_view v, Options& o) { return o.nodes.emplace_back(v), Status{}; }},
      {"workload", [](std::string_view v, Options& o) { return setWorkload(v, o.workload); }},
      {"mix", [](std::string_view v, Options& o) { return parseMix(v, o.workload); }},
      {"keys_by", [](std::string_view v, Options& o) { return parseOrder(v, o.workload); }},
      {"level", [](std::string_view v, Options& o) { return setLevel(v, o.level); }},
      {"keys",
       [](std::string_view v, Options& o) { return setNumber("--keys", v, 1, keysMax, o.keys); }},
      {"value", [](std::string_view v,
                   Options& o) { return setNumber("--value", v, 0, valueBytesMax, o.valueBytes); }},
      {"connections",
       [](std::string_view v, Options& o) {
         return setNumber("--connections", v, 1, 64, o.connectionsPerNode);
       }},
      {"in_flight",
       [](std::string_view v, Options& o) {
         return setNumber("--in_flight", v, 1, inFlightMax, o.inFlight);
       }},
      {"rate", [](std::string_view v,
                  Options& o) { return setNumber("--rate", v, 1, rateMax, o.rate.emplace()); }},
      {"time", [](std::string_view v, Options& o) { return setSpan("--time", v, o.time); }},
      {"report_every",
       [](std::string_view v, Options& o) {
         return setSpan("--report_every", v, o.reportEvery.emplace());
       }},
      {"deadline_ms",
       [](std::string_view v, Options& o) {
         return setNumber("--deadline_ms", v, 1, 60'000, o.deadlineMs);
       }},
      {"json", [](std::string_view v, Options& o) { return o.json.emplace(v), Status{}; }},
      {"seed",
       [](std::string_view v, Options& o) {
         return setNumber("--seed", v, 0, std::numeric_limits<std::int64_t>::max(),
                          o.seed.emplace());
       }},
      {"pids", [](std::string_view v, Options& o) { return setPids(v, o.pids); }}};
  return table;
}

// False: no such flag.
bool setSwitch(std::string_view name, Options& options) {
  if (name == "verify") return options.verify = true;
  if (name == "skip_load") return options.load = false, true;
  if (name == "only_nodes") return options.onlyNodes = true;
  if (name == "help") return options.help = true;
  return false;
}

Error unknownFlag(std::string_view word, std::string_view name) {
  std::vector<std::string> known = {"verify", "skip_load", "only_nodes", "help"};
  for (const auto& [flag, set] : valueFlags()) known.push_back(flag);
  return wrong(fmt::format("henge bench has no {}{}; see henge bench --help", word,
                           didYouMean(name, known, "--")));
}

Status finish(Options& options, const std::string& nodesFromEnvironment) {
  if (options.nodes.empty()) options.nodes = wordsOf(nodesFromEnvironment);
  if (options.nodes.empty()) {
    options.nodes = {"127.0.0.1:9000", "127.0.0.1:9001", "127.0.0.1:9002", "127.0.0.1:9003"};
  }
  if (options.verify && options.valueBytes < checkedBytesMin) {
    return wrong(
        fmt::format("--verify needs values of at least {} bytes (--value)", checkedBytesMin));
  }
  return {};
}

}  // namespace

Result<Options> parseArguments(std::span<const std::string> words,
                               const std::string& nodesFromEnvironment) {
  Options options;
  for (std::size_t at = 0; at < words.size(); ++at) {
    const std::string& word = words[at];
    if (word == "-h") {
      options.help = true;
      continue;
    }
    if (!word.starts_with("--")) {
      return wrong(
          fmt::format("henge bench takes flags, not \"{}\"; see henge bench --help", word));
    }
    const std::size_t equals = word.find('=');
    const std::string name = word.substr(2, equals == std::string::npos ? equals : equals - 2);
    if (equals == std::string::npos && setSwitch(name, options)) continue;
    const auto flag = valueFlags().find(name);
    if (flag == valueFlags().end()) return unknownFlag(word, name);
    if (equals == std::string::npos && at + 1 == words.size()) {
      return wrong(fmt::format("--{} needs a value", name));
    }
    const std::string value = equals == std::string::npos ? words[++at] : word.substr(equals + 1);
    const Status status = flag->second(value, options);
    if (!status.ok()) return status.error();
  }
  const Status status = finish(options, nodesFromEnvironment);
  if (!status.ok()) return status.error();
  return options;
}

std::string helpText() {
  return "henge bench [flags] - load for a Henge cluster, and what it took\n\n"
         "What\n"
         "  --workload ycsb-a     the YCSB mixes A, B, C, D, F (E needs scans, which are not "
         "there)\n"
         "  --mix get=50,put=50   shares of get, put, insert and rmw (a get and then a put)\n"
         "  --keys_by uniform     uniform, zipf[:0.99], latest[:0.99] or sequential\n"
         "  --keys 100000         how many there are      --value 100   bytes of a value\n"
         "  --level quorum        one, quorum or all\n"
         "How\n"
         "  --in_flight 64        requests under way at once; each end begins the next\n"
         "  --rate N              operations a second instead, latency from the intended start\n"
         "  --time 10s            ms, s, m or h           --connections 1   to each node\n"
         "  --deadline_ms 2000    of a request            --seed N   the same operations again\n"
         "  --skip_load           do not put every key before (done if anything is read)\n"
         "  --verify              values carry key, number and checksum; what comes back is "
         "checked\n"
         "Where\n"
         "  --node host:port      a node to begin with, several times\n"
         "                        (default $HENGE_NODES, else 127.0.0.1:9000 to :9003)\n"
         "  --only_nodes          ask none but these: they coordinate, whoever holds the key\n"
         "  --json FILE           configuration and results; - for standard output\n"
         "  --report_every 1s     a line of JSON on standard output for each such span\n"
         "  --pids 1,2,3          servers on this machine: their CPU per operation\n\n"
         "Ctrl-C ends the run with the summary so far. Ends with: 0 ok, 1 --verify found "
         "something,\n"
         "  64 wrong usage, 69 nothing was answered, 74 the JSON could not be written.\n";
}

}  // namespace henge::bench
