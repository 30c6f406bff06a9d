#include "core/gossip_queue.h"

#include <algorithm>
#include <bit>

namespace henge {

GossipQueue::GossipQueue(std::size_t members)
    : tellingsMax_(4 * static_cast<int>(std::bit_width(members))) {}

void GossipQueue::add(const Claim& claim) {
  std::erase_if(waiting_, [&claim](const Waiting& one) {
    return one.claim == claim || (one.claim.about == claim.about && overrules(claim, one.claim));
  });
  waiting_.insert(waiting_.begin(), {claim, 0});
}

std::vector<Claim> GossipQueue::take(std::size_t max, NodeId to) {
  std::vector<Claim> taken;
  if (waiting_.empty()) return taken;
  for (Waiting& one : waiting_) {
    if (taken.size() == max) break;
    const bool own =
        one.claim.standing == Standing::alive ? one.claim.about == to : one.claim.by == to;
    if (own) continue;
    taken.push_back(one.claim);
    ++one.told;
  }
  std::erase_if(waiting_, [this](const Waiting& one) { return one.told >= tellingsMax_; });
  std::ranges::stable_sort(waiting_, {}, &Waiting::told);
  return taken;
}

}  // namespace henge
