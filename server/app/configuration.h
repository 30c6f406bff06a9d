// What a node is told: flags over environment over file over defaults, nothing else, nothing
// unknown.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/hint_policy.h"
#include "core/ids.h"
#include "core/limits.h"
#include "core/result.h"
#include "core/time.h"

namespace henge::app {

// Every setting of henge-server; docs/configuration.md explains each.
struct Configuration {
  std::string clusterFile;
  std::optional<NodeId> node;
  std::string dataDirectory;
  bool listenRemote = false;

  std::string logSync;  // "always" "periodic" "off"
  Duration logSyncPeriod;
  std::string logCompression;  // "none" "zstd"
  std::string onLogDamage;     // "quarantine" "stop"
  std::uint64_t segmentBytes = 0;
  Duration segmentAge;
  std::uint64_t logBytesMax = 0;
  int frozenTablesMax = 0;
  std::uint64_t ballastBytes = 0;
  std::uint64_t pendingBytesMax = 0;

  std::uint64_t cacheBytes = 0;
  std::uint64_t memtableBytes = 0;

  HintLimits hints;
  Limits limits;
  int connectionsMax = 0;
  int operationsMax = 0;
  int peerRequestsMax = 0;
  std::uint64_t peerBytesMax = 0;
  Duration probeEvery;
  Duration idleTimeout;
  Duration drainTimeout;
};

// What the command line asks for.
enum class Action { run, printHelp, printVersion, printConfig };

struct Invocation {
  Action action = Action::run;
  Configuration configuration;
  std::string text;  // printConfig: every setting with its value and where it came from
};

// `arguments` without the program's name; `environment` as NAME=value lines, of which only HENGE_*
// are looked at. Errors: invalidRequest = wrong usage of the command line (exit 64); mismatch = a
// wrong value or unknown name in environment or file (exit 78). May be called once a process: the
// settings are gflags' global flags underneath.
Result<Invocation> readConfiguration(const std::vector<std::string>& arguments,
                                     const std::vector<std::string>& environment);

std::string helpText();  // one screen

// "64MiB" "512KiB" "4096" – a number of bytes, with KiB, MiB or GiB.
Result<std::uint64_t> parseByteCount(std::string_view text);
// "250ms" "10s" "5min" – a time, always with its unit.
Result<Duration> parseDuration(std::string_view text);

}  // namespace henge::app
