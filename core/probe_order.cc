#include "core/probe_order.h"

#include <algorithm>

namespace henge {

void ProbeOrder::prefer(NodeId node) {
  if (std::ranges::find(preferred_, node) == preferred_.end()) preferred_.push_back(node);
}

std::optional<NodeId> ProbeOrder::next(std::uint64_t lot) {
  wasOutOfTurn_ = !preferred_.empty() && !wasOutOfTurn_;
  if (wasOutOfTurn_) {
    const NodeId first = preferred_.front();
    preferred_.erase(preferred_.begin());
    return first;
  }
  if (order_.empty()) return std::nullopt;
  if (at_ == order_.size()) at_ = 0;
  std::swap(order_[at_], order_[at_ + lot % (order_.size() - at_)]);
  return order_[at_++];
}

}  // namespace henge
