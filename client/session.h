// What lasts from one line of a session to the next.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "client/arguments.h"
#include "client/library/client_clock.h"
#include "core/request.h"

namespace henge::client {

// Thread: one.
struct Session {
  static constexpr std::size_t keysSeenMax = 1000;

  Session(Options options, std::uint64_t writer) : clock(writer) {
    standing.options = std::move(options);
  }

  // A request was answered by this node: the next one asks it first.
  void answeredBy(NodeId node, const Address& address);

  // Further nodes that may be asked, behind those known.
  void learn(const Cluster& cluster);

  // A key as it was written; the oldest are forgotten.
  void seeKey(const std::string& word);

  std::string prompt() const;  // "n1 QUORUM> "; before any node has answered "QUORUM> "

  Standing standing;
  std::optional<NodeId> asked;
  std::optional<PutRequest> lastWrite;  // with its version
  std::deque<std::string> keysSeen;     // the newest last, each once
  std::vector<std::string> nodeNames;   // "n0" …
  library::ClientClock clock;           // a write's version is known before it is sent
};

}  // namespace henge::client
