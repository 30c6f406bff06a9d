#include "server/app/configuration.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <fstream>
#include <gflags/gflags.h>
#include <map>

#include "core/did_you_mean.h"
#include "core/version_text.h"

// gflags keeps types, defaults and texts; reading them from outside is ours: gflags would take
// unknown names in a file silently, let the later of two sources win and exit 1 for --help.
DEFINE_string(cluster, "", "FILE  who belongs to the cluster; the same file on every node");
DEFINE_int64(node, -1, "N  which member of the cluster this node is");
DEFINE_string(data, "", "DIR  the data directory; made if it does not exist");
DEFINE_bool(listen_remote, false, "may listen on addresses that other machines can reach");
DEFINE_string(log_sync, "always",
              "when a write is on disk: always (before its answer), periodic, off");
DEFINE_string(log_sync_period, "1s", "how often, with --log_sync periodic");
DEFINE_string(log_compression, "none", "of the recovery log's batches: none, zstd");
DEFINE_string(on_log_damage, "quarantine",
              "a log that lost what was synced: quarantine (start, do not vote), stop");
DEFINE_string(segment_bytes, "64MiB", "size of a segment of the recovery log");
DEFINE_string(segment_age, "10s", "a segment rolls so long after its first record");
DEFINE_string(log_bytes_max, "1GiB", "a longer log forces a flush of the store");
DEFINE_int64(frozen_tables_max, 3, "tables waiting for the store; more: writes are Overloaded");
DEFINE_string(pending_bytes_max, "64MiB", "writes waiting for the log; more: Overloaded");
DEFINE_string(ballast_bytes, "64MiB", "disk space that puts leave free, for removes");
DEFINE_string(hint_bytes_max, "256MiB", "hints kept for one node; 0: none");
DEFINE_string(hint_bytes_max_all, "1GiB", "hints kept for all nodes together");
DEFINE_string(hint_age_max, "180min", "older hints are dropped, their ranges marked for repair");
DEFINE_string(cache_bytes, "64MiB", "the store's block cache");
DEFINE_string(memtable_bytes, "64MiB", "the store's write buffer");
DEFINE_string(value_bytes_max, "8MiB", "the largest value");
DEFINE_string(stamp_ahead_max, "60s", "a version further in the future is refused");
DEFINE_int64(connections_max, 10000, "client connections");
DEFINE_int64(operations_max, 100000, "requests in work; more: Overloaded");
DEFINE_int64(peer_requests_max, 4096, "requests in flight to one node; more: Overloaded");
DEFINE_string(peer_bytes_max, "64MiB", "bytes of them; more: Overloaded");
DEFINE_string(probe_every, "200ms", "a node asks another one whether it is there");
DEFINE_string(idle_timeout, "10min", "a silent client connection is closed after so long");
DEFINE_string(drain_timeout, "5s", "on SIGTERM, requests in work get so long to end");

namespace henge::app {

namespace {

// In the order of the help. At most 25 (docs/style.md).
const std::vector<std::string> settings = {"cluster",
                                           "node",
                                           "data",
                                           "listen_remote",
                                           "log_sync",
                                           "log_sync_period",
                                           "log_compression",
                                           "on_log_damage",
                                           "segment_bytes",
                                           "segment_age",
                                           "log_bytes_max",
                                           "frozen_tables_max",
                                           "pending_bytes_max",
                                           "ballast_bytes",
                                           "hint_bytes_max",
                                           "hint_bytes_max_all",
                                           "hint_age_max",
                                           "cache_bytes",
                                           "memtable_bytes",
                                           "value_bytes_max",
                                           "stamp_ahead_max",
                                           "connections_max",
                                           "operations_max",
                                           "peer_requests_max",
                                           "peer_bytes_max",
                                           "probe_every",
                                           "idle_timeout",
                                           "drain_timeout"};

bool isSetting(const std::string& name) {
  return std::find(settings.begin(), settings.end(), name) != settings.end();
}

struct Setting {
  std::string value;
  std::string source;  // "flag", "environment HENGE_NODE", "node.conf line 3"
};
using Settings = std::map<std::string, Setting>;

Error usage(std::string message) { return {ErrorKind::invalidRequest, std::move(message)}; }
Error badConfiguration(std::string message) { return {ErrorKind::mismatch, std::move(message)}; }

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(" \t\r");
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t\r") - first + 1);
}

struct CommandLine {
  Action action = Action::run;
  std::string configFile;
  Settings flags;
};

std::vector<std::string> knownFlags() {
  std::vector<std::string> known = settings;
  for (const char* more : {"config", "help", "version", "print_config"}) known.emplace_back(more);
  return known;
}

// One `--name value`, `--name=value` or, for switches, `--name`. Moves `at` past what it took.
Status readFlag(const std::vector<std::string>& arguments, std::size_t& at, CommandLine& line) {
  const std::string& word = arguments[at++];
  if (word == "-h") return line.action = Action::printHelp, Status{};
  if (!word.starts_with("--")) {
    return usage("unexpected argument \"" + word + "\": every setting is a --flag");
  }
  const auto equals = word.find('=');
  const std::string name = word.substr(2, equals == std::string::npos ? equals : equals - 2);
  if (name == "help") return line.action = Action::printHelp, Status{};
  if (name == "version") return line.action = Action::printVersion, Status{};
  if (name == "print_config") return line.action = Action::printConfig, Status{};
  if (name != "config" && !isSetting(name)) {
    return usage("unknown flag --" + name + didYouMean(name, knownFlags(), "--"));
  }
  std::string value;
  if (equals != std::string::npos) {
    value = word.substr(equals + 1);
  } else if (name == "listen_remote") {
    value = "true";
  } else if (at < arguments.size()) {
    value = arguments[at++];
  } else {
    return usage("--" + name + " needs a value");
  }
  if (name == "config") return line.configFile = value, Status{};
  if (line.flags.contains(name)) return usage("--" + name + " is given twice");
  line.flags[name] = {value, "flag"};
  return {};
}

Status readEnvironment(const std::vector<std::string>& environment, Settings& found) {
  for (const std::string& entry : environment) {
    if (!entry.starts_with("HENGE_")) continue;
    const auto equals = entry.find('=');
    const std::string variable = entry.substr(0, equals);
    if (variable == "HENGE_NODES") continue;  // the console's
    std::string name = variable.substr(6);
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return static_cast<char>(std::tolower(c)); });
    if (!isSetting(name)) {
      return badConfiguration("environment " + variable + ": unknown setting" +
                              didYouMean(name, settings));
    }
    found.insert({name, {entry.substr(equals + 1), "environment " + variable}});
  }
  return {};
}

Status readFile(const std::string& path, Settings& found) {
  std::ifstream file(path);
  if (!file) return badConfiguration("cannot read the configuration file " + path);
  std::string raw;
  for (int number = 1; std::getline(file, raw); ++number) {
    const std::string line = trimmed(raw.substr(0, raw.find('#')));
    if (line.empty()) continue;
    const std::string place = fmt::format("{} line {}", path, number);
    const auto equals = line.find('=');
    if (equals == std::string::npos) return badConfiguration(place + ": write name = value");
    const std::string name = trimmed(line.substr(0, equals));
    if (!isSetting(name)) {
      return badConfiguration(place + ": unknown setting \"" + name + "\"" +
                              didYouMean(name, settings));
    }
    const Setting setting{trimmed(line.substr(equals + 1)), place};
    if (const auto [held, fresh] = found.insert({name, setting});
        !fresh && held->second.source.starts_with(path)) {
      return badConfiguration(place + ": \"" + name + "\" is given twice");
    }
  }
  return {};
}

// Where a setting's value came from decides whose mistake it is.
Error wrongValue(const std::string& name, const Setting& setting, const std::string& why) {
  if (setting.source == "flag") return usage("--" + name + ": " + why);
  return badConfiguration(setting.source + ": " + name + ": " + why);
}

// Collects values and remembers the first that is wrong.
class Values {
 public:
  explicit Values(const Settings& given) : given_(given) {}

  void read(const std::string& name, std::uint64_t& bytes) { parsed(name, parseByteCount, bytes); }
  void read(const std::string& name, Duration& time) { parsed(name, parseDuration, time); }
  void read(const std::string& name, std::string& text) { text = textOf(name); }
  template <typename Number>
  void readCount(const std::string& name, std::int64_t least, Number& number) {
    parsed(
        name, [&](std::string_view text) { return parseCount(text, least); }, number);
  }
  void fail(const std::string& name, const std::string& why) {
    if (problem_.ok()) problem_ = wrongValue(name, settingOf(name), why);
  }
  std::string textOf(const std::string& name) const { return settingOf(name).value; }
  Setting settingOf(const std::string& name) const {
    if (const auto found = given_.find(name); found != given_.end()) return found->second;
    std::string value;
    gflags::GetCommandLineOption(name.c_str(), &value);
    return {value, "default"};
  }
  const Status& problem() const { return problem_; }

 private:
  static Result<std::int64_t> parseCount(std::string_view text, std::int64_t least) {
    std::int64_t number = 0;
    const auto [end, bad] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (bad != std::errc() || end != text.data() + text.size() || number < least) {
      return usage(fmt::format("\"{}\" is not a whole number of at least {}", text, least));
    }
    return number;
  }
  template <typename Parse, typename Target>
  void parsed(const std::string& name, Parse parse, Target& target) {
    const auto result = parse(textOf(name));
    if (!result.ok()) return fail(name, result.error().message);
    target = static_cast<Target>(result.value());
  }

  const Settings& given_;
  Status problem_;
};

// What is between this node and the others.
void readPeers(Values& values, Configuration& c) {
  values.readCount("peer_requests_max", 1, c.peerRequestsMax);
  values.read("peer_bytes_max", c.peerBytesMax);
  values.read("probe_every", c.probeEvery);
  // Four times that is a suspect's time: more than what a busy process may be late by itself.
  if (c.probeEvery < 50_ms || c.probeEvery > 60_s) {
    values.fail("probe_every", "from 50ms to 1min");
  }
}

void readHints(Values& values, Configuration& c) {
  values.read("hint_bytes_max", c.hints.bytesMax);
  values.read("hint_bytes_max_all", c.hints.bytesAllMax);
  values.read("hint_age_max", c.hints.ageMax);
}

Result<Configuration> evaluate(const Settings& given) {
  Values values(given);
  Configuration c;
  values.read("cluster", c.clusterFile);
  values.read("data", c.dataDirectory);
  if (given.contains("node")) {
    std::uint32_t node = 0;
    values.readCount("node", 0, node);
    c.node = NodeId{node};
  }
  const std::string remote = values.textOf("listen_remote");
  if (remote != "true" && remote != "false") values.fail("listen_remote", "write true or false");
  c.listenRemote = remote == "true";
  values.read("log_sync", c.logSync);
  if (c.logSync != "always" && c.logSync != "periodic" && c.logSync != "off") {
    values.fail("log_sync", "\"" + c.logSync + "\" is not one of always, periodic, off");
  }
  values.read("log_sync_period", c.logSyncPeriod);
  values.read("log_compression", c.logCompression);
  if (c.logCompression != "none" && c.logCompression != "zstd") {
    values.fail("log_compression", "\"" + c.logCompression + "\" is not one of none, zstd");
  }
  values.read("on_log_damage", c.onLogDamage);
  if (c.onLogDamage != "quarantine" && c.onLogDamage != "stop") {
    values.fail("on_log_damage", "\"" + c.onLogDamage + "\" is not one of quarantine, stop");
  }
  values.read("segment_bytes", c.segmentBytes);
  values.read("segment_age", c.segmentAge);
  values.read("log_bytes_max", c.logBytesMax);
  values.readCount("frozen_tables_max", 1, c.frozenTablesMax);
  values.read("pending_bytes_max", c.pendingBytesMax);
  values.read("ballast_bytes", c.ballastBytes);
  readHints(values, c);
  values.read("cache_bytes", c.cacheBytes);
  values.read("memtable_bytes", c.memtableBytes);
  std::uint64_t valueBytes = 0;
  values.read("value_bytes_max", valueBytes);
  if (valueBytes < 1 || valueBytes > (64U << 20)) values.fail("value_bytes_max", "from 1 to 64MiB");
  c.limits.valueBytesMax = static_cast<std::uint32_t>(valueBytes);
  Duration ahead;
  values.read("stamp_ahead_max", ahead);
  c.limits.stampAheadMaxMs = ahead.micros / 1000;
  values.readCount("connections_max", 1, c.connectionsMax);
  values.readCount("operations_max", 1, c.operationsMax);
  readPeers(values, c);
  values.read("idle_timeout", c.idleTimeout);
  values.read("drain_timeout", c.drainTimeout);
  const std::uint64_t least = c.limits.frameBytesMax() + 64 * 1024;
  if (c.segmentBytes < least) {
    values.fail("segment_bytes", fmt::format("{} bytes hold no record of the largest value; at "
                                             "least {}",
                                             c.segmentBytes, least));
  }
  if (c.logBytesMax < 4 * c.segmentBytes) {
    values.fail("log_bytes_max", "must be at least four segments (--segment_bytes)");
  }
  if (!values.problem().ok()) return values.problem().error();
  return c;
}

Status checkComplete(const Configuration& c) {
  if (c.clusterFile.empty()) return usage("--cluster FILE is missing: who belongs to the cluster");
  if (!c.node) return usage("--node N is missing: which member of the cluster this node is");
  if (c.dataDirectory.empty()) return usage("--data DIR is missing: where the data is kept");
  return {};
}

std::string printed(const Settings& given) {
  const Values values(given);
  std::string text;
  for (const std::string& name : settings) {
    const Setting setting = values.settingOf(name);
    text += fmt::format("{:<18} = {:<24} # {}\n", name, setting.value, setting.source);
  }
  return text;
}

}  // namespace

Result<Invocation> readConfiguration(const std::vector<std::string>& arguments,
                                     const std::vector<std::string>& environment) {
  CommandLine line;
  for (std::size_t at = 0; at < arguments.size();) {
    if (const Status status = readFlag(arguments, at, line); !status.ok()) return status.error();
  }
  Invocation invocation;
  invocation.action = line.action;
  if (line.action == Action::printHelp || line.action == Action::printVersion) return invocation;

  Settings given = line.flags;  // what comes first stays: insert() never replaces
  if (const Status status = readEnvironment(environment, given); !status.ok()) {
    return status.error();
  }
  if (!line.configFile.empty()) {
    if (const Status status = readFile(line.configFile, given); !status.ok()) return status.error();
  }
  const Result<Configuration> evaluated = evaluate(given);
  if (!evaluated.ok()) return evaluated.error();
  invocation.configuration = *evaluated;
  if (line.action == Action::printConfig) {
    invocation.text = printed(given);
    return invocation;
  }
  if (const Status status = checkComplete(*evaluated); !status.ok()) return status.error();
  return invocation;
}

std::string helpText() {
  std::string text =
      "henge-server --cluster FILE --node N --data DIR [settings]: one node of a Henge cluster\n\n";
  for (const std::string& name : settings) {
    gflags::CommandLineFlagInfo flag;
    gflags::GetCommandLineFlagInfo(name.c_str(), &flag);
    const bool shown = !flag.default_value.empty() && flag.default_value != "-1";
    text += fmt::format("  --{:<18} {}{}\n", name, flag.description,
                        shown ? " [" + flag.default_value + "]" : "");
  }
  return text +
         "\n  --config FILE       lines of name = value, # comments\n"
         "  --print_config      every setting, its value and its source; --version  --help\n"
         "Flags win over environment (HENGE_LOG_SYNC=…), environment over the file. Sizes: 4096,\n"
         "512KiB, 64MiB. Times: 250ms, 10s, 5min. docs/configuration.md explains each.\n";
}

}  // namespace henge::app
