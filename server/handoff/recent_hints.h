// Which hint stands for which write, while its target may still answer by itself.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <utility>

#include "core/hint.h"

namespace henge::handoff {

struct RecentHint {
  HintId id;
  std::uint64_t bytes = 0;
};

// Of the last `max` hints; what is older is delivered though its target may have the write, which
// changes nothing there. Thread: its loop only.
class RecentHints {
 public:
  explicit RecentHints(std::size_t max) : max_(max) {}

  void remember(OpId write, RecentHint hint);
  std::optional<RecentHint> find(OpId write, NodeId target) const;
  void forget(HintId id);  // it has ended
  std::size_t size() const { return hints_.size(); }

 private:
  using Key = std::pair<OpId, NodeId>;

  std::size_t max_;
  std::map<Key, RecentHint> hints_;
  std::map<HintId, Key> keys_;
  std::deque<HintId> order_;  // the oldest first; some may have been forgotten
};

}  // namespace henge::handoff
