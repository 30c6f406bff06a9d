#include "client/shell/line_words.h"

#include <algorithm>
#include <fmt/format.h>

namespace henge::client {

namespace {

constexpr std::string_view blanks = " \t\r\n";

// Behind the quote that closes the one at `at`; npos: none does.
std::size_t quoteEnd(std::string_view line, std::size_t at) {
  const char quote = line[at];
  for (std::size_t i = at + 1; i < line.size(); ++i) {
    if (line[i] == quote) return i + 1;
    if (quote == '"' && line[i] == '\\') ++i;
  }
  return line.npos;
}

bool isQuote(char letter) { return letter == '"' || letter == '\''; }

// Behind the word that begins at `at`.
std::size_t wordEnd(std::string_view line, std::size_t at) {
  return isQuote(line[at]) ? quoteEnd(line, at)
                           : std::min(line.find_first_of(blanks, at), line.size());
}

}  // namespace

Result<std::vector<std::string>> splitLine(std::string_view line) {
  std::vector<std::string> words;
  std::size_t at = line.find_first_not_of(blanks);
  if (at != line.npos && line[at] == '#') return words;
  while (at != line.npos) {
    const std::size_t end = wordEnd(line, at);
    if (end == line.npos) {
      return Error{ErrorKind::invalidRequest,
                   fmt::format("the quote opened at column {} is not closed", at + 1)};
    }
    if (end < line.size() && blanks.find(line[end]) == blanks.npos) {
      return Error{ErrorKind::invalidRequest,
                   fmt::format("text follows the closing quote at column {}", end + 1)};
    }
    const std::string_view word = line.substr(at, end - at);
    words.emplace_back(line[at] == '\'' ? word.substr(1, word.size() - 2) : word);
    at = line.find_first_not_of(blanks, end);
  }
  return words;
}

std::size_t lastWordAt(std::string_view line) {
  std::size_t at = line.find_first_not_of(blanks);
  while (at != line.npos) {
    const std::size_t end = wordEnd(line, at);
    if (end == line.npos || end == line.size()) return at;
    at = line.find_first_not_of(blanks, end);
  }
  return line.size();
}

}  // namespace henge::client
