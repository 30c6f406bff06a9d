// What the log was given, and what must be there of it after a crash.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/record.h"
#include "server/storage/open_report.h"
#include "tests/proofs/crash/trace.h"

namespace henge::proofs {

// The records in the order in which the log was given them, and what a start must yield of a
// beginning of them.
class History {
 public:
  History(std::vector<Record> appended, std::vector<LogPosition> ends);

  std::size_t size() const { return appended_.size(); }
  // How many lie before this position, as far as it is known.
  std::size_t countTo(LogPosition at) const;
  // The newest of each key among the first `count`: as one number, and of one key.
  std::uint64_t stateAfter(std::size_t count) const { return states_.at(count); }
  std::optional<Version> heldAfter(std::size_t count, const Bytes& key) const;
  // The same history, when it is known that the first `count` were found, the last at `end`.
  History found(std::size_t count, LogPosition end) const;

 private:
  std::vector<Record> appended_;
  std::vector<LogPosition> ends_;      // of a beginning of them: behind each
  std::vector<std::uint64_t> states_;  // after none, one, …
};

// Of records in the order of their keys.
std::uint64_t stateOf(const std::vector<Record>& held);

// What is known at one place of a trace. A value.
struct Expectation {
  bool starting = false;
  std::size_t appended = 0;
  std::size_t synced = 0;
  LogPosition syncedTo;
  LogPosition appliedMost;  // the store may not stand beyond it
  std::map<Bytes, Version> promised;
  void learn(const Event& event);
};

// What a start made of an image, as far as it is judged.
struct Outcome {
  Status status;
  std::vector<LogDamage> damage;
  std::vector<std::string> quarantined;
  LogPosition applied;  // of the store, before the log was read
  LogPosition cutAt;
  LogPosition end;
  std::size_t records = 0;  // replayed
  std::uint64_t state = 0;
};

enum class Check { start, damage, position, cut, lost, twice, hole };
constexpr std::size_t checkCount = 7;
std::string_view nameOf(Check check);

struct Finding {
  Check check;
  std::string text;
};
// How many of the records are there. Precondition: the start went well.
inline std::size_t foundBy(const Outcome& outcome, const History& history) {
  return history.countTo(outcome.applied) + outcome.records;
}
// nullopt: every synced record, a beginning of the rest, no hole, none twice; and log and store
// agree (docs/testing.md, I14 and I15).
std::optional<Finding> judge(const Outcome& outcome, const History& history,
                             const Expectation& expected);

}  // namespace henge::proofs
