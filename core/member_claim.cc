#include "core/member_claim.h"

#include <cassert>
#include <tuple>

namespace henge {

std::string_view nameOf(Standing standing) {
  switch (standing) {
    case Standing::alive:
      return "alive";
    case Standing::suspect:
      return "suspect";
    case Standing::dead:
      return "dead";
  }
  return "";
}

bool isPossible(const Claim& claim) {
  const std::uint64_t refuted = claim.incarnation.refuted;
  return claim.standing == Standing::alive ? refuted <= refutedMax : refuted < refutedMax;
}

bool overrules(const Claim& news, const Claim& held) {
  return std::tie(news.incarnation, news.standing) > std::tie(held.incarnation, held.standing);
}

bool accuses(const Claim& claim, const SwimIncarnation& own) {
  return claim.standing != Standing::alive && claim.incarnation >= own;
}

SwimIncarnation refutationOf(const Claim& accusation) {
  assert(isPossible(accusation));
  return {accusation.incarnation.boot, accusation.incarnation.refuted + 1};
}

std::string toString(const Claim& claim) {
  std::string text = toString(claim.about) + " " + std::string(nameOf(claim.standing)) + " " +
                     std::to_string(claim.incarnation.boot) + "." +
                     std::to_string(claim.incarnation.refuted);
  if (claim.standing != Standing::alive) text += " by " + toString(claim.by);
  return text;
}

}  // namespace henge
