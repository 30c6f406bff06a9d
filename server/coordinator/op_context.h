// What every operation of one coordinator works with.
#pragma once

#include <cstddef>

#include "core/limits.h"
#include "core/ring.h"
#include "server/coordinator/counters.h"
#include "server/coordinator/deadlines.h"
#include "server/coordinator/replica_pace.h"
#include "server/ports/client_service.h"
#include "server/ports/clock.h"
#include "server/ports/events.h"
#include "server/ports/hints.h"
#include "server/ports/membership.h"
#include "server/ports/replica_service.h"
#include "server/ports/stamps.h"
#include "server/ports/timers.h"

namespace henge::coordinator {

struct CoordinatorOptions {
  NodeId self;
  Limits limits;
  std::size_t operationsMax = 16'384;  // in flight; above it clients are told Overloaded
};

struct CoordinatorEnv {
  ports::Clock& clock;
  ports::Timers& timers;
  ports::Peers& peers;  // all replicas, this node's too (ReplicaRoute); never answers inside a call
  const ports::Membership& membership;
  ports::Stamps& stamps;
  ports::Hints& hints;
  ports::Events& events;
};

// Lent by the coordinator to its operations; outlives them. Answers of replicas go to `answers`.
struct OpContext {
  const CoordinatorOptions& options;
  const Ring& ring;
  CoordinatorEnv& env;
  Counters& counters;
  ports::ReplicaSink& answers;
  ReplicaPace& pace;
  Deadlines& overdue;  // when an operation wants its onOverdue(); it takes itself out at its end
};

// Who asked, and under which number of theirs.
struct Client {
  OpId op;
  ports::ClientSink& sink;
};

}  // namespace henge::coordinator
