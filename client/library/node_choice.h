// Which node a request is sent to. Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace henge::library {

struct Candidate {
  bool isUp = false;
  bool isAsking = false;     // an attempt of this very request is under way there
  bool isSuspect = false;    // silent with requests on it, or has just refused to serve
  bool isReplica = false;    // of the key
  int tries = 0;             // of this request
  std::size_t inFlight = 0;  // of all requests
};

// The index of the best one that is up and is not being asked: not suspect before suspect, then the
// least often tried, a replica, the least busy; of equal ones the first from `turn` on, so that
// they take turns. nullopt: there is none.
std::optional<std::size_t> chooseNode(std::span<const Candidate> candidates, std::size_t turn);

}  // namespace henge::library
