// One node, from its start to its end, whatever it runs on.
#pragma once

#include <memory>

#include "core/cluster.h"
#include "server/node/node_options.h"
#include "server/node/own_identity.h"

namespace henge::node {

struct NodeParts;

// Told on the loop, never inside start().
class NodeSink {
 public:
  virtual void onServing() = 0;  // both ports are open
  // The last event, after a drain or a failed start; the node may be destroyed after it, not inside
  // it. Not told after Fatal.
  virtual void onStopped(ports::ExitCode code) = 0;

 protected:
  ~NodeSink() = default;
};

// start() reads the peers file and the clock, replays the log, then listens and dials; drain() lets
// requests in work end, feeds and flushes everything, and stops. Each step ends in the event that
// begins the next. Its identity is on disk before it is made (own_identity.h).
//
// Thread: the loop's. Host and sink outlive it. It may be destroyed at any time at which the host
// will bring none of its parts another event.
class Node {
 public:
  Node(NodeOptions options, const Cluster& cluster, OwnIdentity own, Host host, NodeSink& sink);
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  void start();
  void drain();

  // For what is beside it: programs that show it, the simulator that watches it.
  NodeParts& parts();

 private:
  class Life;
  std::unique_ptr<Life> life_;
};

// How a failed start ends the process (docs/operations.md).
ports::ExitCode exitCodeOf(ErrorKind kind);

}  // namespace henge::node
