// The commands that talk to the cluster. Each writes its screen and returns its exit code.
#pragma once

#include "client/arguments.h"
#include "client/console.h"

namespace henge::client {

// How long a node may take to answer status, ring or log, so that dead nodes don't make them slow.
inline constexpr Duration lookDefault{900'000};

// Where put, get and remove wait by default: the node's own default deadline.
inline constexpr Duration requestDefault{2'000'000};

// A value from standard input is read up to one byte beyond this; the node may allow less.
inline constexpr std::size_t valueFromInputMax = std::size_t{64} << 20;

int runPut(const Invocation& call, const Surroundings& around, Screen& screen);  // remove too
int runGet(const Invocation& call, const Surroundings& around, Screen& screen);
int runStatus(const Invocation& call, const Surroundings& around, Screen& screen);
int runRing(const Invocation& call, const Surroundings& around, Screen& screen);
int runLog(const Invocation& call, const Surroundings& around, Screen& screen);
int runHints(const Invocation& call, const Surroundings& around, Screen& screen);
int runLoad(const Invocation& call, const Surroundings& around, Screen& screen);
int runRetry(const Invocation& call, const Surroundings& around, Screen& screen);
int runAccept(const Invocation& call, const Surroundings& around, Screen& screen);

}  // namespace henge::client
