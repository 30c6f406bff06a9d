// One process's life on a data directory: a shard as it ships – recovery log on our disk, RocksDB
// under it, one loop – that writes, is asked what it holds, and stops in order.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <string>

namespace henge::proofs {

inline constexpr std::size_t recordsMax = 64;

// What a life tells its parent; lies in memory that both see, and outlives it.
struct Told {
  std::array<std::atomic<bool>, recordsMax> acknowledged{};
  std::atomic<std::uint32_t> calls = 0;       // faulty_calls.h counts there
  std::atomic<bool> failed = false;           // and there
  std::atomic<std::uint32_t> refused = 0;     // writes that were not taken, by name
  std::atomic<std::uint32_t> unanswered = 0;  // writes without an answer when it stopped waiting
  std::atomic<bool> damaged = false;          // the store was said to be damaged
  std::atomic<bool> stoppedByName = false;    // the end was said, with a reason
  std::array<char, 400> wrong{};              // what must not happen and did; empty: nothing

  void say(const std::string& what);  // keeps the first
};

struct LifeSpan {
  bool endsWithSync = false;  // after a failed sync of ours nothing may be acknowledged
  std::uint32_t from = 0;     // writes the records of these numbers …
  std::uint32_t to = 0;
  bool drains = true;  // … and then stops in order; else it dies as by kill -9
};

// Returns the exit code. Every record that Told says was acknowledged before must be there.
int live(const std::string& directory, const LifeSpan& span, Told& told);

// A clean start on the same bytes: everything acknowledged is there, whole; nothing is damaged;
// writes are taken. Complaints go to told.wrong.
void look(const std::string& directory, Told& told);

}  // namespace henge::proofs
