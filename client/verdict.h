// Is the cluster well, and what may still fail? Pure: text and JSON both say what stands here.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client/cluster_sight.h"

namespace henge::client {

enum class Health { healthy, degraded, partlyUnavailable, unavailable };

struct Verdict {
  Health health = Health::healthy;
  std::string sentence;  // begins with how many nodes are not up
  // How many more nodes may fail before some key loses the level; negative: so many are too few.
  int toleranceOne = 0;
  int toleranceQuorum = 0;
  int toleranceAll = 0;
  std::size_t rangesWithoutQuorum = 0;
};

Verdict judge(const ClusterSight& sight);

// Who owns how many of the keys that are counted. Byte order follows the keys, so shares differ.
struct Shares {
  struct Owner {
    NodeId node;
    std::int64_t keys = 0;
  };
  std::vector<Owner> owners;    // up, with all its ranges counted; ascending by node
  std::int64_t total = 0;       // of those
  std::optional<double> ratio;  // largest to smallest; nullopt: fewer than two, or none has any
  bool oneIsEmpty = false;      // then there is no ratio, although keys are there
  bool tooUneven() const;
};

inline constexpr double shareRatioMax = 2.0;
inline constexpr std::int64_t sharesJudgedFrom = 10;  // keys; of fewer, shares mean nothing

Shares sharesOf(const ClusterSight& sight);

// Empty if the shares are within bounds or too few keys are counted.
std::string shareWarning(const ClusterSight& sight);

std::string_view nameOf(Health health);  // "HEALTHY" "DEGRADED" …

// "[40, 80)"; the last one "[c0, end)", or "[c0, end) and [start, 20)" if keys lie below the first
// token.
std::string rangeText(const ClusterSight& sight, const RingRange& range);

}  // namespace henge::client
