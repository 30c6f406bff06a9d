// `henge`: one command from its words to its exit code.
#pragma once

#include <span>
#include <string>

#include "client/arguments.h"
#include "client/interrupt.h"
#include "client/node_session.h"
#include "client/screen.h"
#include "client/session.h"
#include "server/ports/clock.h"

namespace henge::client {

// What the process knows of itself and the world. Everything outlives the call.
struct Surroundings {
  Dialer& dialer;
  const ports::Clock& clock;  // asked from several threads
  Environment environment;
  std::string_view version;
  Interrupt& interrupt;        // raised by Ctrl-C where it was taken; the dialer watches it too
  Session* session = nullptr;  // of the line that is run; nullptr: one command alone
};

// Runs one command and returns the exit code (client/exit_code.h). No command at all: lines, typed
// or from a pipe (client/shell/).
int runConsole(std::span<const std::string> words, const Surroundings& around, Screen& screen);

// Runs what has been read, to its exit code, and flushes the output.
int runInvocation(const Invocation& call, const Surroundings& around, Screen& screen);

}  // namespace henge::client
