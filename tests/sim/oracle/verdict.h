// What must hold, by number (docs/testing.md), and what is said when it does not.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.h"

namespace henge::sim {

enum class Invariant : std::uint8_t {
  integrity = 1,         // a get answers absent, or the bytes of a put of that key begun before
  unique = 2,            // no version is given to two writes, also over restarts
  monotone = 3,          // what a replica holds never falls; a crash takes nothing acknowledged
  okMeansQuorum = 4,     // answered OK: the level's number of its own replicas have it, synced
  fresh = 5,             // a quorum get is no older than what was OK, or read, before it began
  finalValue = 6,        // in the end each key is at least what was last OK
  failureIsFailure = 7,  // what was refused is nowhere, ever
  unknownIsUnknown = 8,  // what was unknown may appear; once read it stays
  convergence = 9,       // in the end all replicas of a key hold the same
  noBackFlow = 10,       // an older record changes nothing, by whatever way it comes
  deletedStaysDeleted = 11,
  levelOne = 12,        // ONE: integrity, and no older than what is OK at ALL
  atomicRegister = 13,  // quorum operations on a key are linearizable
  prefixLog = 14,       // a restart brings back all that was synced and a prefix of the rest
  logAndEngine = 15,    // engine plus log beyond its position is the whole log
  amnesia = 16,         // who may have lost something is in no quorum
  bounded = 17,         // every queue keeps its limit
  live = 18,            // after healing every quorum request succeeds, every queue drains
  handedOver = 19,      // hints alone bring every replica what was OK, and nothing that has expired
  toldItsWay = 20,      // who asked for a trace has a whole one, nobody else has any
};

std::string_view nameOf(Invariant invariant);

struct Violation {
  Invariant invariant = Invariant::integrity;
  MonoTime at;
  std::string sentence;
  std::vector<std::uint32_t> nodes;  // whom it concerns
};

// "I4 okMeansQuorum at 12.345678 s: …"
std::string toString(const Violation& violation);

class Judge {
 public:
  virtual void violated(Invariant invariant, const std::string& sentence,
                        std::vector<std::uint32_t> nodes) = 0;

 protected:
  ~Judge() = default;
};

}  // namespace henge::sim
