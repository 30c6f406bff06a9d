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
#include "core/time.h"

namespace henge::inspector {

enum class Form { table, json, seed };

// live: what the nodes of a running cluster hold. log, verify: a stopped node's directory.
enum class Task { live, log, verify };

inline constexpr std::int64_t timeoutMsMax = 60'000;
inline constexpr std::size_t nodesMax = 256;
inline constexpr double watchSecondsMin = 0.1;
inline constexpr double watchSecondsMax = 86'400;

struct Options {
  Task task = Task::live;
  Form form = Form::table;
  std::optional<std::uint64_t> limit;  // keys or records shown
  std::optional<bool> colour;          // nullopt: as the terminal is
  bool help = false;
  bool version = false;

  // live
  std::vector<Address> nodes;      // where the ring is asked for; never empty
  std::vector<NodeId> only;        // read these alone; empty: every member
  std::optional<Bytes> key;        // this one, on every replica
  std::optional<Bytes> fromKey;    // this one and those behind it in ring order …
  std::optional<Bytes> toKey;      // … and before this one
  bool onlyDisagree = false;       // show only keys whose replicas do not agree
  std::optional<Duration> watch;   // again, so long after each reading
  std::int64_t timeoutMs = 2'000;  // of one call

  // log, verify
  std::string directory;
  bool records = false;                  // log: each record, not only segments
  std::optional<std::uint64_t> segment;  // log: this one only
  std::optional<LogPosition> from;       // log: records of this batch and later ones
};

// `nodesFromEnvironment`: HENGE_NODES, addresses parted by commas or blanks.
Result<Options> parseArguments(std::span<const std::string> words,
                               std::string_view nodesFromEnvironment);

std::string helpText();  // one screen

}  // namespace henge::inspector
