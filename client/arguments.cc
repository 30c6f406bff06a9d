#include "client/arguments.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

#include "client/command_words.h"
#include "core/did_you_mean.h"

namespace henge::client {

namespace {

Error wrong(std::string message) { return {ErrorKind::invalidRequest, std::move(message)}; }

// ---- flags

const std::vector<std::string> flagNames = {"node",  "output",   "timeout_ms", "color",
                                            "keys",  "on_error", "quiet",      "yes",
                                            "trace", "help",     "version"};

bool takesValue(std::string_view flag) {
  return flag == "node" || flag == "output" || flag == "timeout_ms" || flag == "color" ||
         flag == "keys" || flag == "on_error";
}

Status setNode(Options& options, std::string_view text) {
  Result<Address> address = parseAddress(text);
  if (!address) return wrong("--node: " + address.error().message);
  if (options.nodes.size() >= nodesMax) {
    return wrong(fmt::format("--node may be given {} times", nodesMax));
  }
  options.nodes.push_back(*address);
  return {};
}

Status setOutput(Options& options, std::string_view text) {
  if (text == "text") return options.output = OutputForm::text, Status{};
  if (text == "json") return options.output = OutputForm::json, Status{};
  if (text == "raw") return options.output = OutputForm::raw, Status{};
  return wrong(fmt::format("--output is text, json or raw, not \"{}\"", text));
}

Status setColour(Options& options, std::string_view text) {
  if (text == "auto") return options.colour = ColourChoice::automatic, Status{};
  if (text == "always") return options.colour = ColourChoice::always, Status{};
  if (text == "never") return options.colour = ColourChoice::never, Status{};
  return wrong(fmt::format("--color is auto, always or never, not \"{}\"", text));
}

Status setTimeout(Options& options, std::string_view text) {
  std::int64_t ms = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), ms);
  if (error != std::errc{} || end != text.data() + text.size() || ms < 1 || ms > timeoutMsMax) {
    return wrong(fmt::format("--timeout_ms is a whole number of milliseconds, 1 to {}, not \"{}\"",
                             timeoutMsMax, text));
  }
  options.timeoutMs = ms;
  return {};
}

Status setKeys(Options& options, std::string_view text) {
  const std::optional<KeyForm> form = parseKeyForm(text);
  if (!form) return wrong(fmt::format("--keys is text, u8 or hex, not \"{}\"", text));
  return options.keys = *form, Status{};
}

Status setOnError(Options& options, std::string_view text) {
  if (text == "stop") return options.onError = OnError::stop, Status{};
  if (text == "go") return options.onError = OnError::go, Status{};
  return wrong(fmt::format("--on_error is stop or go, not \"{}\"", text));
}

Status setFlag(Options& options, std::string_view name, std::string_view value) {
  if (name == "node") return setNode(options, value);
  if (name == "output") return setOutput(options, value);
  if (name == "keys") return setKeys(options, value);
  if (name == "on_error") return setOnError(options, value);
  if (name == "color") return setColour(options, value);
  return setTimeout(options, value);
}

// ---- one pass over the words

struct Words {
  Options options;
  const Command* command = nullptr;
  std::vector<std::string> arguments;
  bool help = false;
  bool version = false;
  bool trace = false;  // its flag; a line's options may have it from its session
};

Status switchOn(Words& words, std::string_view name) {
  if (name == "quiet") words.options.quiet = true;
  if (name == "yes") words.options.yes = true;
  if (name == "trace") words.trace = words.options.trace = true;
  if (name == "help") words.help = true;
  if (name == "version") words.version = true;
  return {};
}

Error unknownFlag(std::string_view word, std::string_view name, bool afterCommand) {
  std::string message = fmt::format("unknown flag {}{}", word, didYouMean(name, flagNames, "--"));
  if (afterCommand) message += "\n  a key or value that begins with two dashes stands behind --";
  return wrong(message);
}

// A word with two dashes; `next` is the word behind it, taken if the flag needs a value.
Status readFlag(Words& words, std::string_view word, std::span<const std::string> rest,
                std::size_t& taken) {
  const std::size_t equals = word.find('=');
  const std::string_view name = word.substr(2, equals == word.npos ? word.npos : equals - 2);
  if (std::find(flagNames.begin(), flagNames.end(), name) == flagNames.end()) {
    return unknownFlag(word.substr(0, equals), name, words.command != nullptr);
  }
  if (!takesValue(name)) {
    if (equals != word.npos) return wrong(fmt::format("--{} takes no value", name));
    return switchOn(words, name);
  }
  if (equals != word.npos) return setFlag(words.options, name, word.substr(equals + 1));
  if (rest.empty()) return wrong(fmt::format("--{} needs a value", name));
  taken = 1;
  return setFlag(words.options, name, rest[0]);
}

Status readShortFlag(Words& words, std::string_view word) {
  if (word == "-q") return switchOn(words, "quiet");
  if (word == "-h") return switchOn(words, "help");
  const std::string_view name = word.substr(1, word.find('=') - 1);
  return unknownFlag(word, name, false);
}

Status readCommand(Words& words, const std::string& word) {
  words.command = findCommand(word);
  if (words.command != nullptr) return {};
  return wrong(fmt::format("unknown command \"{}\"{}\n  henge help lists the commands", word,
                           didYouMean(word, commandNames())));
}

// Options of a line begin with those of its session, but for the nodes: named ones stand alone.
Result<Words> readWords(std::span<const std::string> all, const Options& standing) {
  Words words;
  words.options = standing;
  words.options.nodes.clear();
  bool flagsEnded = false;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::string& word = all[i];
    Status read;
    if (!flagsEnded && word == "--") {
      flagsEnded = true;
    } else if (!flagsEnded && word.starts_with("--")) {
      std::size_t taken = 0;
      read = readFlag(words, word, all.subspan(i + 1), taken);
      i += taken;
    } else if (words.command == nullptr && !flagsEnded && word.starts_with("-")) {
      read = readShortFlag(words, word);
    } else if (words.command == nullptr) {
      read = readCommand(words, word);
    } else {
      words.arguments.push_back(word);
    }
    if (!read.ok()) return read.error();
  }
  return words;
}

// ---- the nodes

Status addNodesOf(Options& options, std::string_view list) {
  while (!list.empty()) {
    const std::size_t end = std::min(list.find_first_of(", \t\n"), list.size());
    const std::string_view one = list.substr(0, end);
    if (!one.empty()) {
      Status added = setNode(options, one);
      if (!added.ok()) return wrong("HENGE_NODES: " + added.error().message.substr(8));
    }
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return {};
}

Status chooseNodes(Options& options, const Environment& env) {
  if (!options.nodes.empty()) return {};
  Status added = addNodesOf(options, env.nodes);
  if (!added.ok()) return added;
  if (!options.nodes.empty()) return {};
  for (std::uint16_t port = 9000; port <= 9003; ++port)
    options.nodes.push_back({"127.0.0.1", port});
  return {};
}

bool canTellItsWay(CommandKind kind) {
  return kind == CommandKind::put || kind == CommandKind::get || kind == CommandKind::remove ||
         kind == CommandKind::retry || kind == CommandKind::session;
}

Status checkTogether(const Invocation& call, bool traceFlag) {
  if (traceFlag && !canTellItsWay(call.command)) {
    return wrong("--trace belongs to put, get and remove only");
  }
  if (call.options.yes && call.command != CommandKind::accept) {
    return wrong("--yes belongs to accept only");
  }
  const bool anyCommand = call.command == CommandKind::session;
  if (call.options.output == OutputForm::raw && call.command != CommandKind::get && !anyCommand) {
    return wrong("--output raw belongs to get only");
  }
  return {};
}

Result<Invocation> assemble(const Words& words, const Standing& standing) {
  Invocation call;
  call.options = words.options;
  call.level = standing.level;
  if (words.version) return call.command = CommandKind::version, call;
  if (words.help) {
    call.topic = words.command != nullptr ? std::string(words.command->name) : "";
    return call;
  }
  call.command = words.command != nullptr ? words.command->kind : CommandKind::session;
  for (const Status& step :
       {readArguments(call, words.arguments), checkTogether(call, words.trace)}) {
    if (!step.ok()) return step.error();
  }
  return call;
}

}  // namespace

Result<Invocation> parseArguments(std::span<const std::string> all, const Environment& env) {
  Result<Words> words = readWords(all, {});
  if (!words) return words.error();
  if (words->command != nullptr && words->command->isForLinesOnly() && !words->help) {
    return wrong(fmt::format(
        "{0} says something of the lines that follow it, and here is one command alone\n"
        "  henge without a command takes lines, typed or from a pipe",
        words->command->name));
  }
  Result<Invocation> call = assemble(*words, {});
  if (!call) return call;
  Status chosen = chooseNodes(call->options, env);
  if (!chosen.ok()) return chosen.error();
  return call;
}

Result<Invocation> parseLine(std::span<const std::string> all, const Standing& standing) {
  if (all.size() > 1 && all[0] == "henge") all = all.subspan(1);  // as the screens write commands
  Result<Words> words = readWords(all, standing.options);
  if (!words) return words.error();
  if (words->command == nullptr && !words->help && !words->version) {
    return wrong("flags without a command; flags for all lines stand behind henge itself");
  }
  Result<Invocation> call = assemble(*words, standing);
  if (!call) return call;
  const bool readsInput = (call->command == CommandKind::put && !call->value) ||
                          (call->command == CommandKind::load && call->file == "-");
  if (readsInput && standing.whyNoInput) return wrong(*standing.whyNoInput);
  if (call->options.nodes.empty()) call->options.nodes = standing.options.nodes;
  return call;
}

}  // namespace henge::client
