// The command line of `henge-inspect`, as values. Strict: what is unknown is refused with the
// nearest known word.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/cluster.h"
#include "core/result.h"

namespace henge::inspector {

enum class Form { table, json, seed };

// live: what the nodes of a running cluster hold. The others: a stopped node's directory.
enum class Task { live, log, hints, verify };

inline constexpr std::int64_t timeoutMsMax = 60'000;
inline constexpr std::size_t nodesMax = 256;

struct Options {
  Task task = Task::live;
  std::string directory;                 // unless live
  bool records = false;                  // log: each record, not only segments
  std::optional<std::uint64_t> segment;  // log: this one only
  std::optional<LogPosition> from;       // log: records of this batch and later ones
  std::vector<Address> nodes;            // where the ring is asked for; never empty
  Form form = Form::table;
  std::optional<std::uint64_t> limit;  // keys or records shown
  std::int64_t timeoutMs = 2'000;      // of one call
  std::optional<bool> colour;          // nullopt: as the terminal is
  bool help = false;
  bool version = false;
};

// `nodesFromEnvironment`: HENGE_NODES, addresses parted by commas or blanks.
Result<Options> parseArguments(std::span<const std::string> words,
                               std::string_view nodesFromEnvironment);

std::string helpText();  // one screen

}  // namespace henge::inspector
