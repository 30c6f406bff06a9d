#include "tests/proofs/crash/history.h"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

#include "server/storage/segment_names.h"

namespace henge::proofs {

namespace {

std::uint64_t hashOf(const Record& record) {
  return hash64(fmt::format("{}/{}/{}/{}/{}", record.key, record.version.timestamp,
                            record.version.writer, static_cast<int>(record.kind), record.value));
}

std::string text(LogPosition at) { return fmt::format("{}:{}", at.segment, at.offset); }

}  // namespace

// Sums of hashes: the order of the keys does not matter, and a change costs one addition.
History::History(std::vector<Record> appended, std::vector<LogPosition> ends)
    : appended_(std::move(appended)), ends_(std::move(ends)) {
  std::map<Bytes, const Record*> newest;
  std::uint64_t state = 0;
  states_.push_back(state);
  for (const Record& record : appended_) {
    const Record*& held = newest[record.key];
    if (held == nullptr || isNewer(record, *held)) {
      state += hashOf(record) - (held == nullptr ? 0 : hashOf(*held));
      held = &record;
    }
    states_.push_back(state);
  }
}

std::uint64_t stateOf(const std::vector<Record>& held) {
  std::uint64_t state = 0;
  for (const Record& record : held) state += hashOf(record);
  return state;
}

std::size_t History::countTo(LogPosition at) const {
  return static_cast<std::size_t>(std::upper_bound(ends_.begin(), ends_.end(), at) - ends_.begin());
}

std::optional<Version> History::heldAfter(std::size_t count, const Bytes& key) const {
  const Record* newest = nullptr;
  for (std::size_t i = 0; i < count; ++i) {
    const Record& record = appended_[i];
    if (record.key == key && (newest == nullptr || isNewer(record, *newest))) newest = &record;
  }
  if (newest == nullptr) return std::nullopt;
  return newest->version;
}

History History::found(std::size_t count, LogPosition end) const {
  History more = *this;
  while (more.ends_.size() < count) more.ends_.push_back(end);
  return more;
}

void Expectation::learn(const Event& event) {
  using Kind = Event::Kind;
  if (event.kind == Kind::started) starting = true;
  if (event.kind == Kind::appended || event.kind == Kind::recovered) appended = event.number;
  if (event.kind == Kind::synced || event.kind == Kind::recovered) {
    synced = event.number;
    syncedTo = appliedMost = event.at;
    starting = false;
  }
  if (event.kind == Kind::promised) {
    Version& known = promised[event.path];
    known = std::max(known, event.version);
  }
  // A start syncs a segment before it reads it: from then on the store may stand behind it.
  const auto segment = storage::segmentOfName(event.path.substr(event.path.rfind('/') + 1));
  if (starting && event.kind == Kind::sync && segment)
    appliedMost = std::max(appliedMost, {*segment, UINT64_MAX});
}

std::string_view nameOf(Check check) {
  static constexpr std::string_view names[checkCount] = {"start", "damage", "position", "cut",
                                                         "lost",  "twice",  "hole"};
  return names[static_cast<std::size_t>(check)];
}

std::optional<Finding> judge(const Outcome& outcome, const History& history,
                             const Expectation& expected) {
  const auto found = [](Check check, std::string text) { return Finding{check, std::move(text)}; };
  if (!outcome.status) return found(Check::start, outcome.status.error().message);
  if (!outcome.damage.empty()) return found(Check::damage, outcome.damage.front().reason);
  if (!outcome.quarantined.empty()) return found(Check::damage, outcome.quarantined.front());
  if (outcome.applied > expected.appliedMost)
    return found(Check::position, fmt::format("the store stands at {}, the log is synced to {}",
                                              text(outcome.applied), text(expected.appliedMost)));
  if (outcome.cutAt != LogPosition{} && outcome.cutAt < expected.syncedTo)
    return found(Check::cut, fmt::format("cut at {}, synced to {}", text(outcome.cutAt),
                                         text(expected.syncedTo)));
  const std::size_t count = foundBy(outcome, history);
  if (count < expected.synced)
    return found(Check::lost, fmt::format("{} records of {} synced", count, expected.synced));
  if (count > expected.appended)
    return found(Check::twice, fmt::format("{} records of {} written", count, expected.appended));
  for (const auto& [key, version] : expected.promised) {
    const auto held = history.heldAfter(count, key);
    if (!held || *held < version) return found(Check::lost, "an older version of " + key);
  }
  if (outcome.state != history.stateAfter(count))
    return found(Check::hole, fmt::format("not the state after {} records", count));
  return std::nullopt;
}

}  // namespace henge::proofs
