// What one run came to, as it is sent from the process that ran it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.h"

namespace henge::sim {

// Something that must not be. `kind` is the same for what is thought to be the same bug: the name
// of an invariant, or what ended the process.
struct Finding {
  static constexpr std::string_view notDeterministic = "notDeterministic";
  static constexpr std::string_view tooSlow = "tooSlow";

  std::string kind;
  std::string sentence;
  Duration at;                      // since the begin of the run
  std::vector<std::string> events;  // the last ones of those concerned, in order
  friend bool operator==(const Finding&, const Finding&) = default;
};

struct RunReport {
  using Probes = std::map<std::string, std::uint64_t, std::less<>>;

  std::optional<Finding> finding;
  std::uint64_t trace = 0;
  std::uint64_t events = 0;
  Duration simulated;
  std::uint64_t ops = 0;
  std::uint64_t okOps = 0;
  std::uint64_t restarts = 0;
  std::uint64_t cuts = 0;
  Probes probes;
  friend bool operator==(const RunReport&, const RunReport&) = default;
};

// Lines "name value". Line breaks within a text become blanks; texts are cut to textBytesMax.
inline constexpr std::size_t textBytesMax = 1000;
std::string encode(const RunReport& report);
// Nothing: not what encode() writes.
std::optional<RunReport> decodeReport(std::string_view text);

}  // namespace henge::sim
