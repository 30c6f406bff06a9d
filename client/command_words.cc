#include "client/command_words.h"

#include <charconv>
#include <fmt/format.h>

#include "core/did_you_mean.h"
#include "core/key_text.h"

namespace henge::client {

namespace {

const std::vector<std::string> keyForms = {"text", "u8", "hex"};

Error wrong(std::string message) { return {ErrorKind::invalidRequest, std::move(message)}; }

Error wrongFor(CommandKind kind, const std::string& message) {
  for (const Command& command : commands()) {
    if (command.kind == kind) return wrong(message + "\n  " + usageOf(command));
  }
  return wrong(message);
}

Result<Bytes> readBytes(CommandKind kind, std::string_view what, const std::string& text) {
  Result<Bytes> bytes = parseKeyText(text);
  if (bytes) return bytes;
  return wrongFor(kind, fmt::format("the {}: {}", what, bytes.error().message));
}

bool isMarked(const std::string& text) {
  return text.starts_with('"') || text.starts_with("x'") || text.starts_with("u8:");
}

// A bare word, as `keys` says that bare words are meant.
std::string asMarked(const std::string& word, KeyForm form) {
  if (form == KeyForm::text || isMarked(word)) return word;
  return form == KeyForm::u8 ? "u8:" + word : "x'" + word + "'";
}

Status readKey(Invocation& call, const std::string& text) {
  Result<Bytes> key = readBytes(call.command, "key", asMarked(text, call.options.keys));
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
  call.isSet = arguments.size() > first;
  return call.isSet ? readLevel(call, arguments[first]) : Status{};
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

Status readLoad(Invocation& call, const std::vector<std::string>& arguments) {
  if (arguments.empty())
    return wrongFor(call.command, "load needs a file, or - for standard input");
  call.file = arguments[0];
  return readRest(call, arguments, 1);
}

Status readKeys(Invocation& call, const std::vector<std::string>& arguments) {
  Status few = readAtMostOne(call, arguments, 1, "keys");
  if (!few.ok() || arguments.empty()) return few;
  const std::optional<KeyForm> form = parseKeyForm(arguments[0]);
  if (!form) {
    return wrongFor(call.command, fmt::format("\"{}\" is no form of keys; use text, u8 or hex{}",
                                              arguments[0], didYouMean(arguments[0], keyForms)));
  }
  call.options.keys = *form;
  call.isSet = true;
  return {};
}

Status readTrace(Invocation& call, const std::vector<std::string>& arguments) {
  Status few = readAtMostOne(call, arguments, 1, "trace");
  if (!few.ok() || arguments.empty()) return few;
  if (arguments[0] != "on" && arguments[0] != "off") {
    return wrongFor(call.command, fmt::format("trace is on or off, not \"{}\"", arguments[0]));
  }
  call.options.trace = arguments[0] == "on";
  call.isSet = true;
  return {};
}

}  // namespace

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
    case CommandKind::load:
      return readLoad(call, arguments);
    case CommandKind::consistency:
      return readRest(call, arguments, 0);
    case CommandKind::keys:
      return readKeys(call, arguments);
    case CommandKind::trace:
      return readTrace(call, arguments);
    case CommandKind::retry:
      return readAtMostOne(call, arguments, 0, "retry");
    case CommandKind::exit:
      return readAtMostOne(call, arguments, 0, "exit");
    case CommandKind::bench:  // main() has it when it comes first
      return wrong("bench comes first, its flags behind it: henge bench --help");
    case CommandKind::help:
      return readHelp(call, arguments);
    case CommandKind::version:
    case CommandKind::session:
      return {};
  }
  return {};
}

std::optional<KeyForm> parseKeyForm(std::string_view text) {
  for (const KeyForm form : {KeyForm::text, KeyForm::u8, KeyForm::hex}) {
    if (text == nameOf(form)) return form;
  }
  return std::nullopt;
}

std::string_view nameOf(KeyForm form) {
  switch (form) {
    case KeyForm::text:
      return "text";
    case KeyForm::u8:
      return "u8";
    case KeyForm::hex:
      return "hex";
  }
  return "text";
}

}  // namespace henge::client
