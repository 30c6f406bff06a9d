#include "inspector/arguments.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <limits>

#include "core/did_you_mean.h"
#include "core/key_text.h"
#include "core/limits.h"

namespace henge::inspector {

namespace {

const std::vector<std::string> taskNames = {"log", "verify"};

constexpr unsigned live = 1;
constexpr unsigned log = 2;
constexpr unsigned verify = 4;
constexpr unsigned everywhere = live | log | verify;

// What was written, before it is known whose `--from` it is.
struct Parsed {
  Options options;
  std::optional<std::string> from;
};

struct Flag {
  std::string name;
  unsigned tasks;
  bool takesValue;
  Status (*set)(Parsed& parsed, std::string_view value);  // without a value: a switch
};

Error wrong(std::string message) { return {ErrorKind::invalidRequest, std::move(message)}; }

// ---- values

template <typename Number>
bool readNumber(std::string_view text, Number& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

Status setNode(Options& options, std::string_view text, std::string_view source) {
  Result<Address> address = parseAddress(text);
  if (!address) return wrong(fmt::format("{}: {}", source, address.error().message));
  if (options.nodes.size() >= nodesMax) {
    return wrong(fmt::format("{} may name {} nodes", source, nodesMax));
  }
  options.nodes.push_back(*address);
  return {};
}

// "n2" as nodes are named everywhere, or 2.
Status setOnly(Options& options, std::string_view text) {
  NodeId node;
  if (!readNumber(text.starts_with('n') ? text.substr(1) : text, node.value)) {
    return wrong(fmt::format("--only is a node, as n2, not \"{}\"", text));
  }
  options.only.push_back(node);
  return {};
}

Status setKey(std::optional<Bytes>& to, std::string_view flag, std::string_view text) {
  Result<Bytes> key = parseKeyText(text);
  const Status sound = key ? checkKey(Limits(), *key) : Status(key.error());
  if (!sound) return wrong(fmt::format("{}: {}", flag, sound.error().message));
  to = std::move(*key);
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

Status setWatch(Options& options, std::string_view text) {
  double seconds = 0;
  if (!readNumber(text, seconds) || !(seconds >= watchSecondsMin && seconds <= watchSecondsMax)) {
    return wrong(fmt::format("--watch is a number of seconds, {} to {}, not \"{}\"",
                             watchSecondsMin, watchSecondsMax, text));
  }
  options.watch = Duration{static_cast<std::int64_t>(seconds * 1'000'000)};
  return {};
}

constexpr auto anyNumber = std::numeric_limits<std::uint64_t>::max();

Result<std::uint64_t> wholeNumber(std::string_view flag, std::string_view text,
                                  std::uint64_t most = anyNumber) {
  std::uint64_t number = 0;
  if (readNumber(text, number) && number >= 1 && number <= most) return number;
  return wrong(most == anyNumber
                   ? fmt::format("{} is a whole number from 1 on, not \"{}\"", flag, text)
                   : fmt::format("{} is a whole number, 1 to {}, not \"{}\"", flag, most, text));
}

Status setCount(std::optional<std::uint64_t>& to, std::string_view flag, std::string_view text) {
  const Result<std::uint64_t> number = wholeNumber(flag, text);
  if (!number) return number.error();
  to = *number;
  return {};
}

Status setTimeout(Options& options, std::string_view text) {
  const auto most = static_cast<std::uint64_t>(timeoutMsMax);
  const Result<std::uint64_t> number = wholeNumber("--timeout_ms", text, most);
  if (!number) return number.error();
  options.timeoutMs = static_cast<std::int64_t>(*number);
  return {};
}

// "3:4096", as positions are printed.
Status setFromPlace(Options& options, std::string_view text) {
  const std::size_t colon = text.find(':');
  LogPosition from;
  if (colon == text.npos || !readNumber(text.substr(0, colon), from.segment) ||
      !readNumber(text.substr(colon + 1), from.offset)) {
    return wrong(fmt::format("--from is segment:offset, as 3:4096, not \"{}\"", text));
  }
  options.from = from;
  options.records = true;
  return {};
}

// ---- flags

using Text = std::string_view;

const std::vector<Flag> flags = {
    {"node", live, true, [](Parsed& p, Text text) { return setNode(p.options, text, "--node"); }},
    {"only", live, true, [](Parsed& p, Text text) { return setOnly(p.options, text); }},
    {"key", live, true, [](Parsed& p, Text text) { return setKey(p.options.key, "--key", text); }},
    {"to", live, true, [](Parsed& p, Text text) { return setKey(p.options.toKey, "--to", text); }},
    {"from", live | log, true, [](Parsed& p, Text text) { return p.from = text, Status{}; }},
    {"only-disagree", live, false,
     [](Parsed& p, Text) { return p.options.onlyDisagree = true, Status{}; }},
    {"watch", live, true, [](Parsed& p, Text text) { return setWatch(p.options, text); }},
    {"timeout_ms", live, true, [](Parsed& p, Text text) { return setTimeout(p.options, text); }},
    {"limit", live | log, true,
     [](Parsed& p, Text text) { return setCount(p.options.limit, "--limit", text); }},
    {"records", log, false, [](Parsed& p, Text) { return p.options.records = true, Status{}; }},
    {"segment", log, true,
     [](Parsed& p, Text text) { return setCount(p.options.segment, "--segment", text); }},
    {"format", everywhere, true, [](Parsed& p, Text text) { return setFormat(p.options, text); }},
    {"json", everywhere, false,
     [](Parsed& p, Text) { return p.options.form = Form::json, Status{}; }},
    {"color", everywhere, true, [](Parsed& p, Text text) { return setColour(p.options, text); }},
    {"help", everywhere, false, [](Parsed& p, Text) { return p.options.help = true, Status{}; }},
    {"version", everywhere, false,
     [](Parsed& p, Text) { return p.options.version = true, Status{}; }},
};

std::vector<std::string> flagNames() {
  std::vector<std::string> names;
  names.reserve(flags.size());
  for (const Flag& flag : flags) names.push_back(flag.name);
  return names;
}

// Reads the words one after the other, and remembers which flags there were.
class Reader {
 public:
  Status read(std::span<const std::string> words) {
    for (std::size_t i = 0; i < words.size(); ++i) {
      std::size_t taken = 0;
      if (Status status = readWord(words[i], words.subspan(i + 1), taken); !status) return status;
      i += taken;
    }
    return {};
  }

  Result<Options> finish() {
    if (Status status = checkTasks(); !status) return status.error();
    Options& options = parsed_.options;
    if (parsed_.from) {
      Status from = options.task == Task::log ? setFromPlace(options, *parsed_.from)
                                              : setKey(options.fromKey, "--from", *parsed_.from);
      if (!from) return from.error();
    }
    if (options.help || options.version) return options;
    Status together = options.task == Task::live ? checkLive() : checkDirectory();
    if (!together) return together.error();
    return options;
  }

 private:
  Status readWord(const std::string& word, std::span<const std::string> rest, std::size_t& taken) {
    if (word == "-h") return parsed_.options.help = true, Status{};
    if (word.starts_with("--") && word.size() > 2) return readFlag(word, rest, taken);
    if (word.starts_with("-")) {
      return wrong(
          fmt::format("unknown flag {}{}", word, didYouMean(word.substr(1), flagNames(), "--")));
    }
    return readPlainWord(word);
  }

  Status readFlag(std::string_view word, std::span<const std::string> rest, std::size_t& taken) {
    const std::size_t equals = word.find('=');
    const std::string_view name = word.substr(2, equals == word.npos ? word.npos : equals - 2);
    const auto flag = std::find_if(flags.begin(), flags.end(),
                                   [name](const Flag& known) { return known.name == name; });
    if (flag == flags.end()) {
      return wrong(fmt::format("unknown flag {}{}", word.substr(0, equals),
                               didYouMean(name, flagNames(), "--")));
    }
    used_.push_back(&*flag);
    if (!flag->takesValue) {
      if (equals != word.npos) return wrong(fmt::format("--{} takes no value", name));
      return flag->set(parsed_, "");
    }
    if (equals != word.npos) return flag->set(parsed_, word.substr(equals + 1));
    if (rest.empty()) return wrong(fmt::format("--{} needs a value", name));
    taken = 1;
    return flag->set(parsed_, rest[0]);
  }

  // The task, then its directory.
  Status readPlainWord(const std::string& word) {
    Options& options = parsed_.options;
    if (options.task == Task::live) {
      if (word == "log") return options.task = Task::log, Status{};
      if (word == "verify") return options.task = Task::verify, Status{};
      return wrong(
          fmt::format("\"{}\" is neither log nor verify{}", word, didYouMean(word, taskNames)));
    }
    if (!options.directory.empty()) return wrong(fmt::format("\"{}\" is one word too many", word));
    options.directory = word;
    return {};
  }

  Status checkTasks() const {
    const Task task = parsed_.options.task;
    const unsigned now = task == Task::live ? live : task == Task::log ? log : verify;
    for (const Flag* flag : used_) {
      if ((flag->tasks & now) != 0) continue;
      if (flag->tasks == live) {
        return wrong(fmt::format("--{} is for running nodes only", flag->name));
      }
      if (flag->tasks == log) return wrong(fmt::format("--{} belongs to log only", flag->name));
      return wrong(fmt::format("--{}: verify reads it all", flag->name));
    }
    return {};
  }

  bool used(std::string_view name) const {
    return std::any_of(used_.begin(), used_.end(),
                       [name](const Flag* flag) { return flag->name == name; });
  }

  Status checkLive() const {
    const auto together = [this](std::string_view one, std::string_view other) {
      return used(one) && used(other);
    };
    for (const std::string_view other : {"from", "to", "only-disagree", "limit"}) {
      if (together("key", other)) {
        return wrong(fmt::format("--key asks for one key; it does not go with --{}", other));
      }
    }
    if (parsed_.options.form != Form::seed) return {};
    for (const std::string_view other : {"key", "only-disagree", "watch"}) {
      if (used(other)) return wrong(fmt::format("--format seed does not go with --{}", other));
    }
    return {};
  }

  Status checkDirectory() const {
    const Options& options = parsed_.options;
    if (options.directory.empty()) return wrong("the data directory of a stopped node is missing");
    if (options.form == Form::seed) return wrong("--format seed is for running nodes only");
    return {};
  }

  Parsed parsed_;
  std::vector<const Flag*> used_;
};

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
  Reader reader;
  if (Status read = reader.read(words); !read) return read.error();
  Result<Options> options = reader.finish();
  if (!options) return options;
  if (options->nodes.empty()) {
    Status added = addNodesOf(*options, nodesFromEnvironment);
    if (!added.ok()) return added.error();
  }
  if (options->nodes.empty()) {
    for (std::uint16_t port = 9000; port <= 9003; ++port) {
      options->nodes.push_back({"127.0.0.1", port});
    }
  }
  return options;
}

}  // namespace henge::inspector
