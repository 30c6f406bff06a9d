// One node, from its start to its end: the only place where parts are wired to each other.
#pragma once

#include <memory>

#include "core/cluster.h"
#include "core/result.h"
#include "server/app/configuration.h"
#include "server/app/event_log.h"
#include "server/ports/fatal.h"

namespace henge::app {

// Life: open() takes the directory, checks whose it is and opens the store, blocking; run() reads
// the peers file and the clock, replays the log, then listens and dials; a first SIGTERM or SIGINT
// drains and ends run(). Thread: open() and run() on one thread.
class Node {
 public:
  // Errors as main.cc turns them into exit codes. `events` outlives the node.
  static Result<std::unique_ptr<Node>> open(Configuration configuration, Cluster cluster,
                                            EventLog& events);
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  ports::ExitCode run();

 private:
  class Parts;
  explicit Node(std::unique_ptr<Parts> parts);
  std::unique_ptr<Parts> parts_;
};

}  // namespace henge::app
