#include "server/handoff/recent_hints.h"

namespace henge::handoff {

void RecentHints::remember(OpId write, RecentHint hint) {
  const Key key{write, hint.id.target};
  if (max_ == 0 || !hints_.emplace(key, hint).second) return;
  keys_.emplace(hint.id, key);
  order_.push_back(hint.id);
  while (order_.size() > max_) {
    forget(order_.front());
    order_.pop_front();
  }
}

std::optional<RecentHint> RecentHints::find(OpId write, NodeId target) const {
  const auto found = hints_.find({write, target});
  if (found == hints_.end()) return std::nullopt;
  return found->second;
}

void RecentHints::forget(HintId id) {
  const auto key = keys_.find(id);
  if (key == keys_.end()) return;
  hints_.erase(key->second);
  keys_.erase(key);
}

}  // namespace henge::handoff
