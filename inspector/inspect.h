// `henge-inspect`: from its words to its exit code.
#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <span>
#include <string>

#include "inspector/dump_source.h"
#include "inspector/stopped_node.h"
#include "server/ports/clock.h"

namespace henge::inspector {

inline constexpr int exitOk = 0;
inline constexpr int exitDisagree = 1;
inline constexpr int exitUsage = 64;
inline constexpr int exitBadData = 65;  // log, verify: files that are not what they should be
inline constexpr int exitNoInput = 66;  // log, verify: no such directory, or none of a node's
inline constexpr int exitUnavailable = 69;
inline constexpr int exitIo = 74;
inline constexpr int exitInterrupted = 130;  // as shells say it of Ctrl-C

// What the process knows of itself and the world. Everything outlives the call.
struct Surroundings {
  // The dialer that waits so long for one answer.
  std::function<std::unique_ptr<SourceDialer>(Duration timeout)> dialer;
  NodeOpener& directories;  // of stopped nodes
  const ports::Clock& clock;
  std::string nodesFromEnvironment;  // HENGE_NODES
  std::string term;                  // TERM
  std::string noColor;               // NO_COLOR
  std::string_view version;
  // Waits so long; false: nothing more is wanted.
  std::function<bool(Duration)> pause;
};

struct Streams {
  std::ostream& out;
  std::ostream& err;
  bool outIsTerminal = false;
  std::function<int()> terminalLines = [] { return 24; };
};

int runInspector(std::span<const std::string> words, const Surroundings& around, Streams streams);

}  // namespace henge::inspector
