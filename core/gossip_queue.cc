#include "core/gossip_queue.h"

#include <algorithm>
#include <bit>

namespace henge {

GossipQueue::GossipQueue(std::size_t members)
    : tellingsMax_(4 * static_cast<int>(std::bit_width(members))),
      waiting_(static_cast<std::size_t>(tellingsMax_)) {}

void GossipQueue::add(const Claim& claim) {
  for (std::vector<Claim>& told : waiting_) {
    size_ -= std::erase_if(told, [&claim](const Claim& one) {
      return one == claim || (one.about == claim.about && overrules(claim, one));
    });
  }
  waiting_.front().push_back(claim);
  ++size_;
}

std::vector<Claim> GossipQueue::take(std::size_t max, NodeId to) {
  std::vector<Claim> taken;
  if (size_ == 0) return taken;
  std::vector<std::size_t> times;  // that each of them was told
  for (std::size_t told = 0; told < waiting_.size(); ++told) {
    std::vector<Claim>& claims = waiting_[told];
    for (std::size_t i = claims.size(); i > 0 && taken.size() < max; --i) {
      const Claim claim = claims[i - 1];
      const bool own = claim.standing == Standing::alive ? claim.about == to : claim.by == to;
      if (own) continue;
      claims.erase(claims.begin() + static_cast<std::ptrdiff_t>(i - 1));
      taken.push_back(claim);
      times.push_back(told + 1);
    }
  }
  size_ -= taken.size();
  for (std::size_t i = taken.size(); i > 0; --i) {
    if (times[i - 1] == waiting_.size()) continue;  // often enough
    waiting_[times[i - 1]].push_back(taken[i - 1]);
    ++size_;
  }
  return taken;
}

}  // namespace henge
