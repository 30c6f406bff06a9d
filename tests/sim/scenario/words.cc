#include "tests/sim/scenario/words.h"

#include <algorithm>
#include <charconv>
#include <sstream>
#include <utility>
#include <vector>

namespace henge::sim {

namespace {

std::vector<std::string> split(const std::string& line) {
  std::istringstream in(line);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

std::optional<std::int64_t> numberOf(std::string_view text) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

std::optional<Duration> durationOf(std::string_view text) {
  static constexpr std::pair<std::string_view, std::int64_t> units[] = {
      {"us", 1}, {"ms", 1000}, {"s", 1'000'000}, {"min", 60'000'000}, {"h", 3'600'000'000}};
  const std::size_t digits = text.find_first_not_of("+-0123456789");
  if (digits == std::string_view::npos) return std::nullopt;
  const auto number = numberOf(text.substr(0, digits));
  for (const auto& [name, micros] : units) {
    if (number && text.substr(digits) == name) return Duration{*number * micros};
  }
  return std::nullopt;
}

Words::Words(const std::string& line) {
  for (std::string& word : split(line)) words_.push_back(std::move(word));
}

bool Words::accept(std::string_view phrase) {
  const std::vector<std::string> wanted = split(std::string(phrase));
  if (wanted.size() > words_.size() || !std::equal(wanted.begin(), wanted.end(), words_.begin())) {
    return false;
  }
  words_.erase(words_.begin(), words_.begin() + static_cast<std::ptrdiff_t>(wanted.size()));
  return true;
}

std::string Words::word(std::string_view what) {
  if (words_.empty()) {
    complain("lacks " + std::string(what));
    return {};
  }
  std::string word = std::move(words_.front());
  words_.pop_front();
  return word;
}

Duration Words::duration(std::string_view what) {
  const std::string text = word(what);
  const auto duration = durationOf(text);
  if (!duration) complain("\"" + text + "\" is no " + std::string(what));
  return duration.value_or(Duration{});
}

std::int64_t Words::number(std::string_view what) {
  const std::string text = word(what);
  const auto number = numberOf(text);
  if (!number) complain("\"" + text + "\" is no " + std::string(what));
  return number.value_or(1);
}

std::optional<std::string> Words::option(std::string_view name) {
  const std::string begin = std::string(name) + "=";
  const auto found = std::find_if(words_.begin(), words_.end(),
                                  [&](const auto& word) { return word.starts_with(begin); });
  if (found == words_.end()) return std::nullopt;
  std::string value = found->substr(begin.size());
  words_.erase(found);
  return value;
}

std::optional<Duration> Words::durationOption(std::string_view name) {
  const auto text = option(name);
  if (!text) return std::nullopt;
  const auto duration = durationOf(*text);
  if (!duration) complain(std::string(name) + " wants a time, as 500ms");
  return duration;
}

std::optional<std::int64_t> Words::numberOption(std::string_view name) {
  const auto text = option(name);
  if (!text) return std::nullopt;
  const auto number = numberOf(*text);
  if (!number) complain(std::string(name) + " wants a number");
  return number;
}

void Words::complain(const std::string& complaint) {
  if (complaint_.empty()) complaint_ = complaint;
}

}  // namespace henge::sim
