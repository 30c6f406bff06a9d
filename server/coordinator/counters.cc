#include "server/coordinator/counters.h"

namespace henge::coordinator {

std::map<std::string, std::int64_t> Counters::named() const {
  const auto n = [](std::uint64_t count) { return static_cast<std::int64_t>(count); };
  return {
      {"writes", n(writes)},
      {"writes_applied", n(writesApplied)},
      {"writes_unavailable", n(writesUnavailable)},
      {"writes_overloaded", n(writesOverloaded)},
      {"writes_invalid", n(writesInvalid)},
      {"writes_unknown", n(writesUnknown)},
      {"writes_superseded", n(writesSuperseded)},
      {"writes_missing_a_replica", n(writesMissing)},
      {"replicas_missed", n(replicasMissed)},
      {"reads", n(reads)},
      {"reads_answered", n(readsAnswered)},
      {"reads_unavailable", n(readsUnavailable)},
      {"reads_overloaded", n(readsOverloaded)},
      {"reads_invalid", n(readsInvalid)},
      {"reads_timeout", n(readsTimeout)},
      {"reads_repairing", n(readsRepairing)},
      {"read_repairs_written", n(repairsWritten)},
      {"read_repairs_behind", n(repairsBehind)},
      {"values_fetched_again", n(valuesFetched)},
      {"reads_hedged", n(readsHedged)},
      {"hedges_saved", n(hedgesSaved)},
      {"owners_replaced", n(ownersReplaced)},
      {"late_answers", n(lateAnswers)},
  };
}

}  // namespace henge::coordinator
