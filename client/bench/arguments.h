// The command line of `henge bench`, as values.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "client/bench/workload.h"
#include "core/consistency.h"
#include "core/result.h"
#include "core/time.h"

namespace henge::bench {

struct Options {
  std::vector<std::string> nodes;  // never empty: flags > HENGE_NODES > the local four
  Workload workload;
  Consistency level = Consistency::quorum;
  std::uint64_t keys = 100'000;
  std::size_t valueBytes = 100;
  int connectionsPerNode = 1;
  std::int64_t inFlight = 64;        // under way at once, all nodes together
  std::optional<std::int64_t> rate;  // operations a second; nullopt: closed loop
  Duration time = 10_s;
  std::int64_t deadlineMs = 2000;
  bool onlyNodes = false;  // no other than `nodes` is asked
  bool load = true;        // put every key once before, if anything is read
  bool verify = false;
  std::optional<std::string> json;      // a file's name; "-": standard output
  std::optional<Duration> reportEvery;  // nullopt: no lines while it runs
  std::optional<std::uint64_t> seed;
  std::vector<int> pids;  // servers whose CPU is counted
  bool help = false;
};

inline constexpr std::uint64_t keysMax = 100'000'000;
inline constexpr std::int64_t inFlightMax = 100'000;
inline constexpr std::int64_t rateMax = 10'000'000;
inline constexpr std::size_t valueBytesMax = 8 << 20;

// words: those after "bench". nodesFromEnvironment: HENGE_NODES, parted by commas or blanks. The
// message is one sentence.
Result<Options> parseArguments(std::span<const std::string> words,
                               const std::string& nodesFromEnvironment);

std::string helpText();

}  // namespace henge::bench
