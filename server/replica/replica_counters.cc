#include "server/replica/replica.h"

namespace henge::replica {

std::map<std::string, std::int64_t> ReplicaCounters::named() const {
  const auto n = [](std::uint64_t count) { return static_cast<std::int64_t>(count); };
  return {
      {"replica_applies", n(applies)},
      {"replica_applied", n(applied)},
      {"replica_applied_equal", n(appliedEqual)},
      {"replica_superseded", n(superseded)},
      {"replica_applies_rebuilding", n(appliesRebuilding)},
      {"replica_fetches", n(fetches)},
      {"replica_fetched", n(fetched)},
      {"replica_fetches_rebuilding", n(fetchesRebuilding)},
      {"replica_refused_overloaded", n(refusedOverloaded)},
      {"replica_refused_stale_epoch", n(refusedStaleEpoch)},
      {"replica_refused_disk_full", n(refusedDiskFull)},
      {"replica_refused_stamp", n(refusedStamp)},
      {"replica_refused_expired", n(refusedExpired)},
      {"replica_refused_not_owner", n(refusedNotOwner)},
      {"replica_refused_invalid", n(refusedInvalid)},
      {"replica_refused_unread", n(refusedUnread)},
      {"replica_stamps_ahead", n(stampsAhead)},
  };
}

}  // namespace henge::replica
