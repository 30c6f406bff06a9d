#include "client/load/load_text.h"

#include <fmt/format.h>

#include "client/humane.h"
#include "core/text_table.h"

namespace henge::client {

namespace {

std::string number(std::uint64_t count) { return grouped(static_cast<std::int64_t>(count)); }

// A path as a word for the shell, where no letter of it means anything.
std::string pathWord(const std::string& path) {
  std::string word = "'";
  for (const char c : path) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return word + "'";
}

std::string howToGoOn(const std::string& file, std::uint64_t next) {
  if (file == "-") return fmt::format("  Go on with line {}.\n", next);
  return fmt::format("  Go on:  tail -n +{} {} | henge load -\n", next, printable(pathWord(file)));
}

}  // namespace

std::string loadText(const std::string& file, const LoadCounts& counts, Duration took) {
  return fmt::format("Stored {} {} of {} in {}.\n", number(counts.stored),
                     counts.stored == 1 ? "pair" : "pairs",
                     file == "-" ? "standard input" : printable(file), millisText(took));
}

std::string loadTrouble(const std::string& file, const LoadCounts& counts, bool interrupted) {
  std::string text;
  for (const LoadFailure& failure : counts.first) {
    text += fmt::format("henge: line {}: {}\n", failure.line, printable(failure.message));
  }
  if (counts.failed > counts.first.size()) {
    text += fmt::format("henge: and {} more lines\n", counts.failed - counts.first.size());
  }
  if (text.empty() && !interrupted) return "";
  if (interrupted) text += "CANCELLED\n";
  if (counts.storedUpTo == 0) {
    text += "  Line 1 is not surely stored";
  } else {
    text += fmt::format("  Stored for sure: each line up to {}", counts.storedUpTo);
  }
  const std::uint64_t later = counts.stored - counts.storedUpTo;
  if (later > 0) text += fmt::format(", and {} of the later ones", number(later));
  text += fmt::format("; read up to line {}.\n", counts.lines);
  return text + howToGoOn(file, counts.storedUpTo + 1);
}

}  // namespace henge::client
