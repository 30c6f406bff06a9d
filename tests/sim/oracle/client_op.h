// One request of one client, from its first attempt to its last word.
#pragma once

#include <cstdint>
#include <optional>

#include "core/consistency.h"
#include "core/record.h"
#include "core/time.h"
#include "core/version.h"

namespace henge::sim {

enum class ClientVerb : std::uint8_t { put, remove, get };

enum class ClientEnd : std::uint8_t {
  open,     // no last word yet
  ok,       // at its level
  refused,  // surely nothing happened
  unknown,  // anything may have happened, or may yet
};

struct ClientOp {
  std::uint64_t id = 0;  // counts from 1
  std::uint32_t client = 0;
  ClientVerb verb = ClientVerb::get;
  std::size_t key = 0;
  Consistency level = Consistency::quorum;
  std::size_t valueBytes = 0;  // put
  bool traced = false;         // its answer is to tell its way
  MonoTime begin;
  MonoTime end;
  ClientEnd state = ClientEnd::open;
  Version version;               // put, remove: as far as known; get: what was read
  bool stampedByClient = false;  // put, remove
  bool superseded = false;       // put, remove
  bool found = false;            // get: a value was read
  std::uint64_t read = 0;        // get: the put whose value was read; 0: none

  // What was true when it began: no answer at QUORUM or ALL, or at ONE, may be older.
  Version floorQuorum;
  Version floorAll;
  Version floorOne;
};

inline constexpr std::size_t valueBytesMin = 8;

// The value of a put: its id, then bytes that follow from it. Unique, and checkable byte by byte.
Bytes valueOf(std::uint64_t id, std::size_t bytes);
// Whose value it is; 0: nobody's.
std::uint64_t putOf(BytesView value);

}  // namespace henge::sim
