#include "core/member_claim.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <vector>

namespace henge {
namespace {

Claim anyClaim() {
  return {{2},
          static_cast<Standing>(*rc::gen::inRange(1, 4)),
          {*rc::gen::inRange<std::uint64_t>(1, 4), *rc::gen::inRange<std::uint64_t>(0, 4)},
          {*rc::gen::inRange<std::uint32_t>(0, 9)}};
}

Claim heardAll(const std::vector<Claim>& claims) {
  Claim held{{2}, Standing::alive, {}, {2}};
  for (const Claim& claim : claims) {
    if (overrules(claim, held)) held = claim;
  }
  return held;
}

TEST(MemberClaim, ofOneIncarnationTheWorseWordCounts) {
  const Claim alive{{2}, Standing::alive, {3, 1}, {2}};
  const Claim suspect{{2}, Standing::suspect, {3, 1}, {0}};
  const Claim dead{{2}, Standing::dead, {3, 1}, {0}};
  EXPECT_TRUE(overrules(suspect, alive));
  EXPECT_TRUE(overrules(dead, suspect));
  EXPECT_FALSE(overrules(alive, suspect));
  EXPECT_FALSE(overrules(suspect, dead));
  EXPECT_FALSE(overrules(suspect, suspect)) << "a copy is no news";
}

TEST(MemberClaim, aLaterIncarnationOverrulesWhateverItSays) {
  const Claim dead{{2}, Standing::dead, {3, 1}, {0}};
  EXPECT_TRUE(overrules({{2}, Standing::alive, {3, 2}, {2}}, dead));
  EXPECT_TRUE(overrules({{2}, Standing::alive, {4, 0}, {2}}, dead)) << "a later start";
  EXPECT_FALSE(overrules({{2}, Standing::alive, {2, 9}, {2}}, dead)) << "an earlier one";
}

TEST(MemberClaim, isShownInALine) {
  EXPECT_EQ(toString(Claim{{2}, Standing::suspect, {3, 1}, {0}}), "n2 suspect 3.1 by n0");
  EXPECT_EQ(toString(Claim{{2}, Standing::alive, {3, 1}, {0}}), "n2 alive 3.1");
}

RC_GTEST_PROP(MemberClaim, theOrderOfHearingDoesNotMatter, ()) {
  std::vector<Claim> claims;
  for (int left = *rc::gen::inRange(1, 20); left > 0; --left) claims.push_back(anyClaim());
  std::vector<Claim> other = claims;
  std::ranges::reverse(other);
  std::rotate(other.begin(),
              other.begin() + *rc::gen::inRange<std::ptrdiff_t>(0, std::ssize(other)), other.end());
  const Claim a = heardAll(claims), b = heardAll(other);
  RC_ASSERT(a.standing == b.standing);
  RC_ASSERT(a.incarnation == b.incarnation);
}

RC_GTEST_PROP(MemberClaim, anEarlierIncarnationIsNeverBelievedAgain, ()) {
  std::vector<Claim> claims;
  SwimIncarnation newest;
  for (int left = *rc::gen::inRange(1, 20); left > 0; --left) {
    claims.push_back(anyClaim());
    newest = std::max(newest, claims.back().incarnation);
  }
  RC_ASSERT(heardAll(claims).incarnation == newest);
}

// The member lives under `own`: an accusation either is refuted, and every copy of it is overruled,
// or it was overruled already.
RC_GTEST_PROP(MemberClaim, aRefutationOverrulesEveryAccusation, ()) {
  const Claim accusation = anyClaim();
  const SwimIncarnation own{*rc::gen::inRange<std::uint64_t>(1, 4),
                            *rc::gen::inRange<std::uint64_t>(0, 4)};
  const SwimIncarnation after = accuses(accusation, own) ? refutationOf(accusation) : own;
  RC_ASSERT(after >= own);
  if (accusation.standing == Standing::alive) return;
  RC_ASSERT(overrules(Claim{{2}, Standing::alive, after, {2}}, accusation));
}

}  // namespace
}  // namespace henge
