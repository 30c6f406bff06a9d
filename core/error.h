// What can go wrong, as a value: a kind for programs and a sentence for people.
#pragma once

#include <string>
#include <string_view>

namespace henge {

enum class ErrorKind {
  invalidRequest,  // the caller's input breaks a rule; the message names rule and limit
  notFound,        // a file, key or member that does not exist
  alreadyExists,   // what should be made is there already, or is held by another process
  mismatch,        // belongs to another cluster, node, directory or format
  corrupt,         // bytes that fail their checksum or cannot be decoded
  overloaded,      // a limit is reached; nothing was done; try again later
  diskFull,        // no space; nothing was done
  io,              // the operating system refused or failed
  unavailable,     // nobody there to do it; nothing was done
  timeout,         // no answer in time; what happened is unknown
  rebuilding,      // this replica may have lost data and does not vote
  unsupported,     // known, but not in this version
};

struct [[nodiscard]] Error {
  ErrorKind kind;
  std::string message;  // one sentence: what was wrong and what would be right; no trailing newline

  friend bool operator==(const Error&, const Error&) = default;
};

std::string_view nameOf(ErrorKind kind);

}  // namespace henge
