// What the console needs of a node: an interface, so that every screen can be tested without one.
// The real one is client/wire_session.h.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/cluster.h"
#include "core/hint_view.h"
#include "core/limits.h"
#include "core/log_view.h"
#include "core/node_status.h"
#include "core/request.h"
#include "core/result.h"
#include "core/time.h"

namespace henge::client {

// What a node says of itself when a connection opens.
struct Greeting {
  NodeId node;
  std::string clusterName;
  std::uint64_t writer = 0;  // in the versions this node stamps; 0: not told
  Limits limits;
};

// One open connection. Thread: one at a time.
//
// Errors are about the call, not about what the node answered (those stand in the answers):
// unavailable: surely nothing of the request was sent; timeout: the connection was lost or silent
// with the call in flight, so a write's outcome is unknown; others: the node refused the question.
// The message is the cause in a few words ("connection refused").
class NodeSession {
 public:
  virtual ~NodeSession() = default;

  virtual const Greeting& greeting() const = 0;

  // context.deadline is not read: `timeout` bounds the whole call and travels with it.
  virtual Result<PutAnswer> put(const PutRequest& request, Duration timeout) = 0;
  virtual Result<GetAnswer> get(const GetRequest& request, Duration timeout) = 0;

  virtual Result<RingView> ring(Duration timeout) = 0;
  virtual Result<NodeStatus> status(Duration timeout) = 0;
  virtual Result<LogView> log(Duration timeout) = 0;
  virtual Result<HintsView> hints(Duration timeout) = 0;
  // Waits until what is kept now has ended, for no longer than nearly `timeout`.
  virtual Result<HintSync> syncHints(Duration timeout) = 0;
  virtual Result<std::string> accept(NodeId node, DirectoryId directory, Duration timeout) = 0;
};

// Thread: any; several nodes are dialled at the same time.
class Dialer {
 public:
  virtual ~Dialer() = default;

  // Connected and greeted within `timeout`, or the cause in a few words.
  virtual Result<std::unique_ptr<NodeSession>> dial(const Address& address, Duration timeout) = 0;
};

}  // namespace henge::client
