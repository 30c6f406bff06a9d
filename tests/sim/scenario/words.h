// One line of a story, word by word.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "core/time.h"

namespace henge::sim {

// "500ms", "2s", "-5s", "1h"; nullopt: none.
std::optional<Duration> durationOf(std::string_view text);

// Each word is taken once; what cannot be taken is remembered as the complaint, and the taker gets
// something harmless.
class Words {
 public:
  explicit Words(const std::string& line);

  bool empty() const { return words_.empty(); }
  const std::string& peek() const { return words_.front(); }  // precondition: !empty()
  // If the next words are these, they are taken.
  bool accept(std::string_view phrase);
  std::string word(std::string_view what);
  Duration duration(std::string_view what);
  std::int64_t number(std::string_view what);
  // "name=value", wherever it stands.
  std::optional<std::string> option(std::string_view name);
  std::optional<Duration> durationOption(std::string_view name);
  std::optional<std::int64_t> numberOption(std::string_view name);

  void complain(const std::string& complaint);
  const std::string& complaint() const { return complaint_; }  // the first; empty: none

 private:
  std::deque<std::string> words_;
  std::string complaint_;
};

}  // namespace henge::sim
