#include "client/command_table.h"

#include <fmt/format.h>
#include <utility>

namespace henge::client {

namespace {

constexpr Command table[] = {
    {CommandKind::put, "put", "<key> <value|-> [one|quorum|all]", "store a value",
     "  Sent to every replica that is up; answered when as many have it on disk as the level\n"
     "  needs (default quorum). \"-\" reads the value from standard input, byte for byte.\n",
     "put user:7 \"Ada\""},
    {CommandKind::get, "get", "<key> [one|quorum|all]", "show a value",
     "  The newest of what the level's number of replicas hold. Ends with 1 if there is no value.\n"
     "  --output raw writes the value alone, without a newline.\n",
     "get user:7"},
    {CommandKind::remove, "remove", "<key> [one|quorum|all]", "delete a value",
     "  Writes a tombstone, which is newer than the value. \"delete\" is the same command.\n",
     "remove user:7"},
    {CommandKind::status, "status", "", "is the cluster well?",
     "  Asks all nodes at once. Ends with 69 if some keys cannot be read or written at QUORUM.\n",
     "status"},
    {CommandKind::ring, "ring", "[<key>]", "who holds which keys, or one key",
     "  Without a key: the ranges of the ring and their shares. With one: where it lives and\n"
     "  which levels can be served now.\n",
     "ring user:7"},
    {CommandKind::log, "log", "[all]", "a node's recovery log, or every node's",
     "  Segments and their sizes, how far it is synced and in the store, what syncs cost. Asks "
     "the\n"
     "  first node that answers (--node says which), or all: one table for each.\n",
     "log --node 127.0.0.1:9002"},
    {CommandKind::hints, "hints", "[wait]", "what is kept for nodes that missed a write",
     "  Asks every node what it keeps for which other, how old it is, and which ranges need a\n"
     "  repair because hints were lost. wait: until all that is kept now has been delivered, 60 s\n"
     "  unless --timeout_ms says otherwise; ends with 69 if something is left, or was lost.\n",
     "hints wait"},
    {CommandKind::accept, "accept", "<node> --yes", "take a node's data directory as it is",
     "  For a node that is rebuilding: its directory is not the one its peers knew, or its log is\n"
     "  damaged. Every node that answers is told to take it as it is. What it has lost stays lost\n"
     "  if no other replica has it; without --yes that is said, with every place of damage and "
     "the\n"
     "  keys that may be missing, and nothing is done.\n",
     "accept 3 --yes"},
    {CommandKind::load, "load", "<file|-> [one|quorum|all]", "store many pairs, one a line",
     "  A line is key, tab, value; in both \\t \\n \\r \\\\ \\xHH stand for bytes. Many requests "
     "are "
     "under\n"
     "  way at once, each sent again with its own version within its time. What failed is said at\n"
     "  the end; Ctrl-C stops it and says up to which line everything is stored.\n",
     "load users.tsv"},
    {CommandKind::bench, "bench", "[flags]", "put a load on it, and see what it took",
     "  Its flags are its own: henge bench --help.\n", "bench --time 10s"},
    {CommandKind::help, "help", "[<command>]", "this, or one command explained", "", "help put"},
    {CommandKind::consistency, "consistency", "[one|quorum|all]", "the level when none is named",
     "  It stands in the prompt.\n", "consistency one"},
    {CommandKind::keys, "keys", "[text|u8|hex]", "how bare keys are read",
     "  text: their own letters. u8: a number of 0 to 255, one byte. hex: two digits a byte. "
     "\"...\",\n"
     "  x'00ff' and u8:137 mean the same in each.\n",
     "keys u8"},
    {CommandKind::trace, "trace", "[on|off]", "put, get, remove tell their way",
     "  Whom the coordinator asked, what each replica answered, with its times in network, queue "
     "and\n"
     "  disk, what was repaired, and a closing sentence; errors too. One command alone: --trace.\n",
     "trace on"},
    {CommandKind::retry, "retry", "", "the last write again, the same version",
     "  However often it arrives, it is the same write: safe when its outcome is unknown.\n",
     "retry"},
    {CommandKind::exit, "exit", "", "leave; Ctrl-D too", "", "exit"},
};

// Other names: {what is written, what it is}.
constexpr std::pair<std::string_view, std::string_view> aliases[] = {{"delete", "remove"},
                                                                     {"quit", "exit"}};

}  // namespace

std::span<const Command> commands() { return table; }

const Command* findCommand(std::string_view name) {
  for (const auto& [alias, meant] : aliases) {
    if (name == alias) name = meant;
  }
  for (const Command& command : table) {
    if (command.name == name) return &command;
  }
  return nullptr;
}

std::vector<std::string> commandNames() {
  std::vector<std::string> names;
  for (const Command& command : table) names.emplace_back(command.name);
  for (const auto& [alias, meant] : aliases) names.emplace_back(alias);
  return names;
}

std::string usageOf(const Command& command) {
  const std::string_view blank = command.words.empty() ? "" : " ";
  return fmt::format("usage: henge {}{}{}        e.g.  henge {}", command.name, blank,
                     command.words, command.example);
}

namespace {

std::string rowOf(const Command& command) {
  return fmt::format("  {:<12}{:<34}{}\n", command.name, command.words, command.summary);
}

}  // namespace

std::string overviewText() {
  std::string out =
      "henge [flags] <command> [words]   one command\n"
      "henge [flags]                     the same commands, one a line, typed or from a pipe\n\n";
  bool inSession = false;
  for (const Command& command : table) {
    if (command.isForLinesOnly() && !inSession) out += "Only as lines:\n";
    inSession = command.isForLinesOnly();
    out += rowOf(command);
  }
  return out +
         "\nFlags (before the command or after it; after it only those with two dashes)\n"
         "  --node host:port      a node to ask; several are tried in turn\n"
         "                        (default $HENGE_NODES, else 127.0.0.1:9000 to :9003)\n"
         "  --output text|json    json: one object a line; raw: get's value alone\n"
         "  --timeout_ms N        how long to wait for a node, 1 to 60000 (default 2000)\n"
         "  --color auto|always|never\n"
         "  --keys text|u8|hex    how bare keys are read (default text)\n"
         "  --trace               put, get, remove: tell their way, on standard error\n"
         "  --on_error stop|go    lines from a pipe: what to do after one that failed (stop)\n"
         "  -q, --quiet           no remarks on standard error, only errors\n"
         "  -h, --help            this      --version   which release this is\n"
         "\nKeys and values: word or \"text \\n\", x'00ff', u8:137. After -- nothing is a flag.\n"
         "Ends with: 0 ok, 1 no value, 64 wrong usage, 69 unavailable (nothing was done),\n"
         "  75 outcome unknown (it may have happened, or happen yet), 130 Ctrl-C.\n";
}

std::string helpText(const Command& command) {
  const std::string_view blank = command.words.empty() ? "" : " ";
  std::string out =
      fmt::format("henge {}{}{}      {}\n", command.name, blank, command.words, command.summary);
  out += command.details;
  return out + fmt::format("  Example:  henge {}\n", command.example);
}

}  // namespace henge::client
