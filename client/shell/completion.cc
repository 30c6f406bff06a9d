#include "client/shell/completion.h"

#include <algorithm>

#include "client/command_table.h"
#include "client/shell/line_words.h"

namespace henge::client {

namespace {

std::vector<std::string> split(std::string_view text, char by) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(by), text.size());
    parts.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

const std::vector<std::string> flags = {"--node", "--output", "--timeout_ms", "--color",
                                        "--keys", "--trace",  "--quiet",      "--help"};

// The command of the words before the cursor, and how many of its own words stand there.
struct Place {
  const Command* command = nullptr;
  std::size_t argument = 0;
};

Place placeOf(const std::vector<std::string>& words) {
  Place place;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i].starts_with("--")) continue;
    if (place.command != nullptr) {
      ++place.argument;
    } else if (i > 0 || words[i] != "henge") {
      place.command = findCommand(words[i]);
      if (place.command == nullptr) return place;
    }
  }
  return place;
}

// What a word of a command may be, from how its table writes it.
std::vector<std::string> wordsFor(std::string_view slot, const Session& session) {
  if (slot.find("<key>") != slot.npos) return {session.keysSeen.begin(), session.keysSeen.end()};
  if (slot.find("<command>") != slot.npos) return commandNames();
  if (slot.find("<node>") != slot.npos) return session.nodeNames;
  if (slot.starts_with("--")) return {std::string(slot)};
  if (slot.starts_with('[') && slot != "[flags]")
    return split(slot.substr(1, slot.size() - 2), '|');
  return {};
}

std::vector<std::string> candidates(const Place& place, bool isFirst, std::string_view begun,
                                    const Session& session) {
  if (begun.starts_with("--") &&
      !(place.command != nullptr && place.command->words == "<node> --yes")) {
    return flags;
  }
  if (isFirst) return commandNames();
  if (place.command == nullptr) return {};
  const std::vector<std::string> slots = split(place.command->words, ' ');
  if (place.argument >= slots.size()) return {};
  return wordsFor(slots[place.argument], session);
}

std::string commonBeginning(const std::vector<std::string>& words) {
  std::string common = words.front();
  for (const std::string& word : words) {
    const auto [end, other] = std::mismatch(common.begin(), common.end(), word.begin(), word.end());
    common.erase(end, common.end());
  }
  return common;
}

}  // namespace

Completion complete(std::string_view line, const Session& session) {
  const std::size_t at = lastWordAt(line);
  const std::string_view begun = line.substr(at);
  const Result<std::vector<std::string>> before = splitLine(line.substr(0, at));
  if (!before) return {};
  const Place place = placeOf(*before);
  const bool isFirst = before->empty() || (before->size() == 1 && before->front() == "henge");
  std::vector<std::string> words = candidates(place, isFirst, begun, session);
  std::erase_if(words, [&](const std::string& word) { return !word.starts_with(begun); });
  std::sort(words.begin(), words.end());
  if (words.empty()) {
    return {"", {}, place.command != nullptr ? usageOf(*place.command) : ""};
  }
  if (words.size() == 1) return {words.front().substr(begun.size()) + " ", {}, ""};
  const std::string more = commonBeginning(words).substr(begun.size());
  if (!more.empty()) return {more, {}, ""};
  return {"", words, ""};
}

}  // namespace henge::client
