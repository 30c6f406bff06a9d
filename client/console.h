// `henge`: one command from its words to its exit code.
#pragma once

#include <span>
#include <string>

#include "client/arguments.h"
#include "client/node_session.h"
#include "client/screen.h"
#include "server/ports/clock.h"

namespace henge::client {

// What the process knows of itself and the world. Everything outlives the call.
struct Surroundings {
  Dialer& dialer;
  const ports::Clock& clock;  // asked from several threads
  Environment environment;
  std::string_view version;
};

// Runs one command and returns the exit code (client/exit_code.h).
int runConsole(std::span<const std::string> words, const Surroundings& around, Screen& screen);

}  // namespace henge::client
