// The command line of `henge`, as values.
//
// An own small parser: gflags re-orders what follows the flags, takes the key of `get -1` for a
// flag and knows no commands. The rules, in the order they are applied:
//   before the command word   every word is a flag or the command
//   after it                  a word that begins with two dashes is a flag, any other an argument,
//                             so that `get -1` asks for the key -1
//   after a lone `--`         every word is an argument, whatever it begins with
// Unknown flags, commands and levels are refused, with the nearest known word.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "client/command_table.h"
#include "core/cluster.h"
#include "core/consistency.h"
#include "core/result.h"

namespace henge::client {

enum class OutputForm { text, json, raw };
enum class ColourChoice { automatic, always, never };
enum class KeyForm { text, u8, hex };  // how a bare word is read as a key
enum class OnError { stop, go };       // after a line of a pipe that failed

inline constexpr std::int64_t timeoutMsMax = 60'000;
inline constexpr std::size_t nodesMax = 256;

struct Options {
  std::vector<Address> nodes;  // never empty: flags > HENGE_NODES > the local four
  OutputForm output = OutputForm::text;
  std::optional<std::int64_t> timeoutMs;  // of the whole command's waiting for one node
  ColourChoice colour = ColourChoice::automatic;
  bool quiet = false;
  bool yes = false;
  KeyForm keys = KeyForm::text;
  OnError onError = OnError::stop;
  bool trace = false;  // put, get, remove: each tells its way
};

struct Invocation {
  CommandKind command = CommandKind::help;
  Options options;
  std::optional<Bytes> key;    // put, get, remove always; ring perhaps
  std::optional<Bytes> value;  // put; nullopt: from standard input
  Consistency level = Consistency::quorum;
  std::optional<NodeId> node;  // accept
  bool everyNode = false;      // log
  bool waits = false;          // hints
  std::string file;            // load; "-": standard input
  // consistency, keys, trace: a new one was named: `level`, `options.keys`, `options.trace`
  bool isSet = false;
  std::string topic;  // help: a command's name, or empty
};

// What the environment adds. Only main reads it.
struct Environment {
  std::string nodes;           // HENGE_NODES: addresses parted by commas or blanks
  std::string term;            // TERM
  std::string noColor;         // NO_COLOR
  std::string stateHome = {};  // XDG_STATE_HOME
  std::string home = {};       // HOME
};

// What a session adds: where a line's options begin.
struct Standing {
  Options options;
  Consistency level = Consistency::quorum;
  std::optional<std::string> whyNoInput;  // set: why "-" cannot be standard input here
};

std::string_view nameOf(KeyForm form);  // "text" "u8" "hex"

// The message is one line or more: what is wrong, then the command's usage. No command at all is
// CommandKind::session. A line of a session stands on `standing` and may begin with "henge".
Result<Invocation> parseArguments(std::span<const std::string> words, const Environment& env);
Result<Invocation> parseLine(std::span<const std::string> words, const Standing& standing);

}  // namespace henge::client
