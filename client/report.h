// What a command found out. Text and JSON are drawn from these same values, so they cannot differ.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "client/node_session.h"

namespace henge::client {

// A request that reached a node and was answered, or was lost on the way.
struct Exchange {
  bool isWrite = false;
  bool isRemove = false;
  Bytes key;
  Consistency level = Consistency::quorum;
  NodeId via;  // the node that was asked
  Address viaAddress;
  Duration timeout;            // how long we were ready to wait
  bool hasOwnVersion = false;  // a write that can be sent again and stays the same
  Duration took;
  bool isTraced = false;
  std::string trace;  // as the node told it; empty: it did not
  // As the asked node sees the cluster; asked for only when a screen needs names or states.
  std::optional<RingView> ring;
};

struct WriteReport {
  Exchange exchange;
  PutAnswer answer;
  std::optional<NodeId> stampedBy;  // nullopt: a client, or not known
};

struct ReadReport {
  Exchange exchange;
  GetAnswer answer;
  std::optional<NodeId> stampedBy;
};

// Refused or not decided: `error` says which.
struct FailureReport {
  Exchange exchange;
  RequestError error;
  Outcome outcome = Outcome::surelyNotApplied;
  bool interrupted = false;  // by the user
  std::string lost;  // not empty: the connection ended with the call under way; this is the cause
};

// A node that was asked in vain before another one was.
struct Miss {
  Address address;
  std::string cause;
  std::optional<NodeId> node;  // if known by then
};

// Without the newlines that end them.
std::vector<std::string> linesOf(std::string_view text);

// Whose stamp a version bears: the node with that writer. nullopt: a client's, or not known.
std::optional<NodeId> stamperOf(Version version, const Greeting& greeting,
                                const std::optional<RingView>& ring);

}  // namespace henge::client
