// The commands of the console: names, words and what help says of them.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace henge::client {

enum class CommandKind {
  put,
  get,
  remove,
  status,
  ring,
  log,
  hints,
  accept,
  load,
  bench,
  help,
  consistency,  // from here on only for lines
  keys,
  trace,
  retry,
  exit,
  version,  // by its flag
  session,  // no command at all: lines from a terminal or a pipe
};

struct Command {
  CommandKind kind;
  std::string_view name;
  std::string_view words;    // its arguments: "<key> [one|quorum|all]"
  std::string_view summary;  // one line
  std::string_view details;  // whole lines, each ended by a newline
  std::string_view example;

  // Says something of the lines that follow or came before, so that it is nothing alone.
  bool isForLinesOnly() const { return kind >= CommandKind::consistency; }
};

std::span<const Command> commands();

// By name or alias; nullptr: no such command.
const Command* findCommand(std::string_view name);

std::vector<std::string> commandNames();  // aliases too, for suggestions and completion

std::string usageOf(const Command& command);  // "usage: henge get <key> …        e.g.  henge get …"

std::string overviewText();  // one screen
std::string helpText(const Command& command);

}  // namespace henge::client
