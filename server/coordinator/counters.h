// What a coordinator has done since it started: for `status` and metrics, never for decisions.
#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace henge::coordinator {

struct Counters {
  std::uint64_t writes = 0;  // asked for; each ends up in one of the next five
  std::uint64_t writesApplied = 0;
  std::uint64_t writesUnavailable = 0;  // too few live replicas, nothing of it will ever appear
  std::uint64_t writesOverloaded = 0;   // surely not applied: a limit was reached
  std::uint64_t writesInvalid = 0;      // surely not applied: a rule was broken, or expired
  std::uint64_t writesUnknown = 0;      // too few answers: it may surface
  std::uint64_t writesSuperseded = 0;   // of the applied: fewer than the level took it as newest
  std::uint64_t writesMissing = 0;      // not surely refused, and at least one replica lacks it
  std::uint64_t replicasMissed = 0;     // the replicas those writes missed, each counted

  std::uint64_t reads = 0;  // asked for; each ends up in one of the next five
  std::uint64_t readsAnswered = 0;
  std::uint64_t readsUnavailable = 0;
  std::uint64_t readsOverloaded = 0;
  std::uint64_t readsInvalid = 0;
  std::uint64_t readsTimeout = 0;
  std::uint64_t readsRepairing = 0;  // had to write the newest back before answering
  std::uint64_t repairsWritten = 0;  // replicas brought up to date by it
  std::uint64_t repairsBehind = 0;   // sent to further replicas once the client was answered
  std::uint64_t valuesFetched = 0;   // asked for once more, since only a digest had come
  std::uint64_t readsHedged = 0;     // asked one replica more, since an answer was overdue
  std::uint64_t hedgesSaved = 0;     // would have, but too many had of late
  std::uint64_t ownersReplaced = 0;  // another owner was asked in the place of one that dropped out

  std::uint64_t lateAnswers = 0;  // of replicas, to operations that had ended

  std::map<std::string, std::int64_t> named() const;  // "writes_applied" → 12, every field
};

}  // namespace henge::coordinator
