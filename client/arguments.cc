#include "client/arguments.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

#include "core/did_you_mean.h"
#include "core/key_text.h"

namespace henge::client {

namespace {

Error wrong(std::string message) { return {ErrorKind::invalidRequest, std::move(message)}; }

Error wrongFor(CommandKind kind, const std::string& message) {
  for (const Command& command : commands()) {
    if (command.kind == kind) return wrong(message + "\n  " + usageOf(command));
  }
  return wrong(message);
}

// ---- flags

const std::vector<std::string> flagNames = {"node",  "output", "timeout_ms", "color",
                                            "quiet", "yes",    "help",       "version"};

bool takesValue(std::string_view flag) {
  return flag == "node" || flag == "output" || flag == "timeout_ms" || flag == "color";
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

Status setFlag(Options& options, std::string_view name, std::string_view value) {
  if (name == "node") return setNode(options, value);
  if (name == "output") return setOutput(options, value);
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
};

Status switchOn(Words& words, std::string_view name) {
  if (name == "quiet") words.options.quiet = true;
  if (name == "yes") words.options.yes = true;
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

Result<Words> readWords(std::span<const std::string> all) {
  Words words;
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

// ---- each command's arguments

Result<Bytes> readBytes(CommandKind kind, std::string_view what, const std::string& text) {
  Result<Bytes> bytes = parseKeyText(text);
  if (bytes) return bytes;
  return wrongFor(kind, fmt::format("the {}: {}", what, bytes.error().message));
}

Status readKey(Invocation& call, const std::string& text) {
  Result<Bytes> key = readBytes(call.command, "key", text);
  if (!key) return key.error();
  if (key->empty()) return wrongFor(call.command, "the key is empty; it needs at least one byte");
  call.key = *key;
  return {};
}

Status readLevel(Invocation& call, const std::string& text) {
  const std::optional<Consistency> level = parseConsistency(text);
  if (!level) {
    const std::vector<std::string> levels = {"one", "quorum", "all"};
    return wrongFor(call.command,
                    fmt::format("\"{}\" is not a consistency level; use one, quorum or all{}", text,
                                didYouMean(text, levels)));
  }
  call.level = *level;
  return {};
}

// The words from `first` on: at most a level.
Status readRest(Invocation& call, const std::vector<std::string>& arguments, std::size_t first) {
  if (arguments.size() > first + 1) {
    return wrongFor(call.command, fmt::format("\"{}\" is one word too many (quote what has blanks)",
                                              arguments[first + 1]));
  }
  return arguments.size() > first ? readLevel(call, arguments[first]) : Status{};
}

Status readPut(Invocation& call, const std::vector<std::string>& arguments) {
  if (arguments.empty()) return wrongFor(call.command, "put needs a key and a value");
  Status key = readKey(call, arguments[0]);
  if (!key.ok()) return key;
  if (arguments.size() < 2) return wrongFor(call.command, "put needs a value");
  if (arguments[1] != "-") {
    Result<Bytes> value = readBytes(call.command, "value", arguments[1]);
    if (!value) return value.error();
    call.value = *value;
  }
  return readRest(call, arguments, 2);
}

Status readGetOrRemove(Invocation& call, const std::vector<std::string>& arguments,
                       std::string_view name) {
  if (arguments.empty()) return wrongFor(call.command, fmt::format("{} needs a key", name));
  Status key = readKey(call, arguments[0]);
  return key.ok() ? readRest(call, arguments, 1) : key;
}

Status readAccept(Invocation& call, const std::vector<std::string>& arguments) {
  if (arguments.size() != 1) return wrongFor(call.command, "accept needs one node, by its number");
  std::string_view text = arguments[0];
  if (text.starts_with('n')) text.remove_prefix(1);  // as the screens write it: n3
  NodeId node;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), node.value);
  if (error != std::errc{} || end != text.data() + text.size()) {
    return wrongFor(call.command, fmt::format("\"{}\" is not a node's number", arguments[0]));
  }
  call.node = node;
  return {};
}

Status readAtMostOne(Invocation& call, const std::vector<std::string>& arguments, std::size_t most,
                     std::string_view name) {
  if (arguments.size() <= most) return {};
  return wrongFor(call.command, fmt::format("{} takes {}, \"{}\" is too many", name,
                                            most == 0 ? "no words" : "one word", arguments[most]));
}

Status readHelp(Invocation& call, const std::vector<std::string>& arguments) {
  Status few = readAtMostOne(call, arguments, 1, "help");
  if (!few.ok() || arguments.empty()) return few;
  if (findCommand(arguments[0]) == nullptr) {
    return wrong(fmt::format("no help for \"{}\"{}", arguments[0],
                             didYouMean(arguments[0], commandNames())));
  }
  call.topic = arguments[0];
  return {};
}

Status readRing(Invocation& call, const std::vector<std::string>& arguments) {
  Status few = readAtMostOne(call, arguments, 1, "ring");
  return few.ok() && !arguments.empty() ? readKey(call, arguments[0]) : few;
}

Status readLog(Invocation& call, const std::vector<std::string>& arguments) {
  Status few = readAtMostOne(call, arguments, 1, "log");
  if (!few.ok() || arguments.empty()) return few;
  if (arguments[0] != "all") {
    return wrongFor(call.command,
                    fmt::format("log takes \"all\" or nothing, not \"{}\"; one node is named by "
                                "--node host:port",
                                arguments[0]));
  }
  call.everyNode = true;
  return {};
}

Status readHints(Invocation& call, const std::vector<std::string>& arguments) {
  Status few = readAtMostOne(call, arguments, 1, "hints");
  if (!few.ok() || arguments.empty()) return few;
  if (arguments[0] != "wait") {
    return wrongFor(call.command,
                    fmt::format("hints takes \"wait\" or nothing, not \"{}\"", arguments[0]));
  }
  call.waits = true;
  return {};
}

Status readArguments(Invocation& call, const std::vector<std::string>& arguments) {
  switch (call.command) {
    case CommandKind::put:
      return readPut(call, arguments);
    case CommandKind::get:
      return readGetOrRemove(call, arguments, "get");
    case CommandKind::remove:
      return readGetOrRemove(call, arguments, "remove");
    case CommandKind::status:
      return readAtMostOne(call, arguments, 0, "status");
    case CommandKind::ring:
      return readRing(call, arguments);
    case CommandKind::log:
      return readLog(call, arguments);
    case CommandKind::hints:
      return readHints(call, arguments);
    case CommandKind::accept:
      return readAccept(call, arguments);
    case CommandKind::bench:  // main() has it when it comes first
      return wrong("bench comes first, its flags behind it: henge bench --help");
    case CommandKind::help:
      return readHelp(call, arguments);
    case CommandKind::version:
      return {};
  }
  return {};
}

Status checkTogether(const Invocation& call) {
  if (call.options.yes && call.command != CommandKind::accept) {
    return wrong("--yes belongs to accept only");
  }
  if (call.options.output == OutputForm::raw && call.command != CommandKind::get) {
    return wrong("--output raw belongs to get only");
  }
  return {};
}

}  // namespace

Result<Invocation> parseArguments(std::span<const std::string> all, const Environment& env) {
  Result<Words> words = readWords(all);
  if (!words) return words.error();
  Invocation call;
  call.options = words->options;
  if (words->version) return call.command = CommandKind::version, call;
  if (words->help) {
    call.topic = words->command != nullptr ? std::string(words->command->name) : "";
    return call;
  }
  if (words->command == nullptr) return wrong("no command given\n  henge help lists the commands");
  call.command = words->command->kind;
  for (Status step : {readArguments(call, words->arguments), checkTogether(call),
                      chooseNodes(call.options, env)}) {
    if (!step.ok()) return step.error();
  }
  return call;
}

}  // namespace henge::client
