#include "inspector/arguments.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <limits>

#include "core/did_you_mean.h"

namespace henge::inspector {

namespace {

const std::vector<std::string> flagNames = {"node",    "format", "json",    "limit",
                                            "from",    "color",  "records", "timeout_ms",
                                            "segment", "help",   "version"};
const std::vector<std::string> taskNames = {"log", "hints", "verify"};

Error wrong(std::string message) { return {ErrorKind::invalidRequest, std::move(message)}; }

Status setNode(Options& options, std::string_view text, std::string_view source) {
  Result<Address> address = parseAddress(text);
  if (!address) return wrong(fmt::format("{}: {}", source, address.error().message));
  if (options.nodes.size() >= nodesMax) {
    return wrong(fmt::format("{} may name {} nodes", source, nodesMax));
  }
  options.nodes.push_back(*address);
  return {};
}

Status setFormat(Options& options, std::string_view text) {
  if (text == "table") return options.form = Form::table, Status{};
  if (text == "json") return options.form = Form::json, Status{};
  if (text == "seed") return options.form = Form::seed, Status{};
  return wrong(fmt::format("--format is table, json or seed, not \"{}\"", text));
}

Status setColour(Options& options, std::string_view text) {
  if (text == "auto") return options.colour = std::nullopt, Status{};
  if (text == "always") return options.colour = true, Status{};
  if (text == "never") return options.colour = false, Status{};
  return wrong(fmt::format("--color is auto, always or never, not \"{}\"", text));
}

Result<std::uint64_t> wholeNumber(std::string_view name, std::string_view text,
                                  std::uint64_t most) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc{} && end == text.data() + text.size();
  if (whole && number >= 1 && number <= most) return number;
  return wrong(most == std::numeric_limits<std::uint64_t>::max()
                   ? fmt::format("--{} is a whole number from 1 on, not \"{}\"", name, text)
                   : fmt::format("--{} is a whole number, 1 to {}, not \"{}\"", name, most, text));
}

Status setNumber(Options& options, std::string_view name, std::string_view text) {
  const bool isTimeout = name == "timeout_ms";
  Result<std::uint64_t> number = wholeNumber(name, text,
                                             isTimeout ? static_cast<std::uint64_t>(timeoutMsMax)
                                                       : std::numeric_limits<std::uint64_t>::max());
  if (!number) return number.error();
  if (isTimeout) {
    options.timeoutMs = static_cast<std::int64_t>(*number);
  } else {
    (name == "limit" ? options.limit : options.segment) = *number;
  }
  return {};
}

// "3:4096", as positions are printed.
Status setFrom(Options& options, std::string_view text) {
  const std::size_t colon = text.find(':');
  LogPosition from;
  bool whole = colon != text.npos;
  for (const auto& [part, number] : {std::pair(text.substr(0, colon), &from.segment),
                                     std::pair(text.substr(whole ? colon + 1 : 0), &from.offset)}) {
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), *number);
    whole = whole && error == std::errc{} && end == part.data() + part.size();
  }
  if (!whole) return wrong(fmt::format("--from is segment:offset, as 3:4096, not \"{}\"", text));
  options.from = from;
  return {};
}

Status setFlag(Options& options, std::string_view name, std::string_view value) {
  if (name == "node") return setNode(options, value, "--node");
  if (name == "format") return setFormat(options, value);
  if (name == "color") return setColour(options, value);
  if (name == "from") return setFrom(options, value);
  return setNumber(options, name, value);
}

bool isSwitch(std::string_view name) {
  return name == "json" || name == "records" || name == "help" || name == "version";
}

void switchOn(Options& options, std::string_view name) {
  if (name == "json") options.form = Form::json;
  if (name == "records") options.records = true;
  if (name == "help") options.help = true;
  if (name == "version") options.version = true;
}

Status readFlag(Options& options, std::string_view word, std::span<const std::string> rest,
                std::size_t& taken) {
  const std::size_t equals = word.find('=');
  const std::string_view name = word.substr(2, equals == word.npos ? word.npos : equals - 2);
  if (std::find(flagNames.begin(), flagNames.end(), name) == flagNames.end()) {
    return wrong(fmt::format("unknown flag {}{}", word.substr(0, equals),
                             didYouMean(name, flagNames, "--")));
  }
  if (isSwitch(name)) {
    if (equals != word.npos) return wrong(fmt::format("--{} takes no value", name));
    switchOn(options, name);
    return {};
  }
  if (equals != word.npos) return setFlag(options, name, word.substr(equals + 1));
  if (rest.empty()) return wrong(fmt::format("--{} needs a value", name));
  taken = 1;
  return setFlag(options, name, rest[0]);
}

// The task, then its directory.
Status readPlainWord(Options& options, const std::string& word) {
  if (options.task == Task::live) {
    if (word == "log") return options.task = Task::log, Status{};
    if (word == "hints") return options.task = Task::hints, Status{};
    if (word == "verify") return options.task = Task::verify, Status{};
    return wrong(fmt::format("\"{}\" is none of log, hints and verify{}", word,
                             didYouMean(word, taskNames)));
  }
  if (!options.directory.empty()) return wrong(fmt::format("\"{}\" is one word too many", word));
  options.directory = word;
  return {};
}

Status readWord(Options& options, const std::string& word, std::span<const std::string> rest,
                std::size_t& taken) {
  if (word == "-h") return options.help = true, Status{};
  if (word.starts_with("--") && word.size() > 2) return readFlag(options, word, rest, taken);
  if (word.starts_with("-")) {
    return wrong(
        fmt::format("unknown flag {}{}", word, didYouMean(word.substr(1), flagNames, "--")));
  }
  return readPlainWord(options, word);
}

Status checkTogether(const Options& options) {
  const bool paged = options.records || options.segment || options.from;
  if (paged && options.task != Task::log) {
    return wrong("--records, --segment and --from belong to log only");
  }
  if (options.task == Task::live || options.help || options.version) return {};
  if (options.directory.empty()) return wrong("the data directory of a stopped node is missing");
  if (options.form == Form::seed) return wrong("--format seed is for running nodes only");
  if (!options.nodes.empty()) return wrong("--node is for running nodes only");
  if (options.task != Task::log && options.limit) {
    return wrong("--limit: hints and verify read it all");
  }
  return {};
}

Status addNodesOf(Options& options, std::string_view list) {
  while (!list.empty()) {
    const std::size_t end = std::min(list.find_first_of(", \t\n"), list.size());
    if (end > 0) {
      Status added = setNode(options, list.substr(0, end), "HENGE_NODES");
      if (!added.ok()) return added;
    }
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return {};
}

}  // namespace

Result<Options> parseArguments(std::span<const std::string> words,
                               std::string_view nodesFromEnvironment) {
  Options options;
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::size_t taken = 0;
    Status read = readWord(options, words[i], words.subspan(i + 1), taken);
    if (!read.ok()) return read.error();
    i += taken;
  }
  Status together = checkTogether(options);
  if (!together.ok()) return together.error();
  if (options.from) options.records = true;
  if (options.nodes.empty()) {
    Status added = addNodesOf(options, nodesFromEnvironment);
    if (!added.ok()) return added.error();
  }
  if (options.nodes.empty()) {
    for (std::uint16_t port = 9000; port <= 9003; ++port) {
      options.nodes.push_back({"127.0.0.1", port});
    }
  }
  return options;
}

std::string helpText() {
  return "henge-inspect [flags] - what every node holds, key by key, and whether they agree\n"
         "henge-inspect log DIR [flags] - the recovery log of a stopped node\n"
         "henge-inspect hints DIR [flags] - what a stopped node keeps for others\n"
         "henge-inspect verify DIR [flags] - would anything be lost if it was started? Changes "
         "nothing\n"
         "\n"
         "  --node host:port      a node to ask for the ring; several are tried in turn\n"
         "                        (default $HENGE_NODES, else 127.0.0.1:9000 to :9003)\n"
         "  --format table        a column for each node (default)\n"
         "  --format json, --json one object a line\n"
         "  --format seed         a line for each node: {'serverID': 0, 'kvMem': {...}}\n"
         "  --records             log: every record; --segment N: of this one only\n"
         "  --from SEG:OFFSET     log: records from this place on\n"
         "  --limit N             stop after N keys or records\n"
         "  --timeout_ms N        how long to wait for one answer, 1 to 60000 (default 2000)\n"
         "  --color auto|always|never\n"
         "  -h, --help            this      --version   which release this is\n\n"
         "Ends with: 0 all replicas agree, nothing is lost; 1 some do not, something is or would\n"
         "  be; 64 wrong usage; 65, 66 no data directory; 69 no node answered, or one runs "
         "there.\n";
}

}  // namespace henge::inspector
