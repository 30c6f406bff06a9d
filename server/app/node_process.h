// henge-server's process: one node on real disks, sockets and clocks.
#pragma once

#include <memory>

#include "core/cluster.h"
#include "core/result.h"
#include "server/app/configuration.h"
#include "server/app/event_log.h"
#include "server/ports/fatal.h"

namespace henge::app {

// Life: open() takes the directory, checks whose it is and opens the store, blocking; run() runs
// the node (server/node/node.h) until a first SIGTERM or SIGINT has drained it. Thread: open() and
// run() on one thread.
class NodeProcess {
 public:
  // Errors as main.cc turns them into exit codes. `events` outlives the process.
  static Result<std::unique_ptr<NodeProcess>> open(Configuration configuration, Cluster cluster,
                                                   EventLog& events);
  ~NodeProcess();
  NodeProcess(const NodeProcess&) = delete;
  NodeProcess& operator=(const NodeProcess&) = delete;

  ports::ExitCode run();

 private:
  class Impl;
  explicit NodeProcess(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace henge::app
