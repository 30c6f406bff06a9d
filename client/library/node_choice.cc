#include "client/library/node_choice.h"

#include <tuple>

namespace henge::library {

namespace {

bool isBetter(const Candidate& a, const Candidate& b) {
  const auto rank = [](const Candidate& node) {
    return std::tuple(node.isSuspect, node.tries, !node.isReplica, node.inFlight);
  };
  return rank(a) < rank(b);
}

}  // namespace

std::optional<std::size_t> chooseNode(std::span<const Candidate> candidates, std::size_t turn) {
  std::optional<std::size_t> best;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const std::size_t at = (turn + i) % candidates.size();
    const Candidate& node = candidates[at];
    if (!node.isUp || node.isAsking) continue;
    if (!best || isBetter(node, candidates[*best])) best = at;
  }
  return best;
}

}  // namespace henge::library
