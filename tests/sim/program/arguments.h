// What henge-sim is asked for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace henge::sim {

struct NamedValue {
  std::string name;
  std::string value;
  friend bool operator==(const NamedValue&, const NamedValue&) = default;
};

struct Arguments {
  // Which cases: many seeds, or one, or a file. At most one of them is given.
  std::uint64_t seeds = 1000;
  std::optional<std::uint64_t> seedBase;  // none: by lot
  std::optional<std::uint64_t> seed;
  std::optional<std::string> caseFile;
  std::optional<std::uint64_t> nodes;  // one large cluster; `seed` may be given too

  std::vector<NamedValue> set;  // names and values are known to be good
  bool noFaults = false;

  bool stopAtFirst = false;
  std::uint64_t jobs = 0;  // processes; 0: as many as there are cores
  std::uint64_t seedSeconds = 120;
  std::uint64_t twicePercent = 5;
  bool echo = false;
  bool trace = false;

  bool shrink = true;
  std::uint64_t shrinkSeconds = 300;
  std::optional<std::string> saveFolder;

  bool help = false;

  bool isSingle() const { return seed || caseFile || nodes; }
};

// Without the program's name. The error is one sentence.
Result<Arguments> parseArguments(const std::vector<std::string_view>& words);

// What --help prints.
std::string_view usage();

}  // namespace henge::sim
