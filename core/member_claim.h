// What nodes tell each other of a member, and which of two such words counts.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/ids.h"

namespace henge {

// Das, Gupta, Motivala: SWIM: Scalable Weakly-consistent Infection-style Process Group Membership
// Protocol (DSN 2002), section 4.2. `dead` here is only down: who is a member is no claim's to say.
enum class Standing : std::uint8_t { alive = 1, suspect = 2, dead = 3 };

std::string_view nameOf(Standing standing);  // "alive" "suspect" "dead"

// Which life of a member a claim is about. `boot` is the start of its data directory; `refuted`
// counts the accusations of that start that the member itself has answered. Only the member raises
// it, so it has the last word on itself.
struct SwimIncarnation {
  std::uint64_t boot = 0;
  std::uint64_t refuted = 0;
  friend auto operator<=>(const SwimIncarnation&, const SwimIncarnation&) = default;
};

struct Claim {
  NodeId about;
  Standing standing = Standing::alive;
  SwimIncarnation incarnation;
  NodeId by;  // suspect, dead: who found out; alive: of no meaning
  friend bool operator==(const Claim&, const Claim&) = default;
};

// So often nobody was accused: a claim beyond it is a mistake of who tells it, and the numbers
// above would not order what comes next.
inline constexpr std::uint64_t refutedMax = 1'000'000'000'000;

// Whether it can be true, and can be refuted if it accuses.
bool isPossible(const Claim& claim);

// A later incarnation overrules an earlier one, whatever they say; of one incarnation the worse
// word does. A total order but for `by`: whoever has heard the same claims, in whatever order,
// believes the same, and an old word never changes a newer life.
bool overrules(const Claim& news, const Claim& held);

// Whether the claim, about the member that lives under `own`, must be refuted by it: one of an
// earlier incarnation is overruled anyway.
bool accuses(const Claim& claim, const SwimIncarnation& own);
// The incarnation under which the member goes on: every copy of the accusation is overruled by it.
// Precondition: the accusation is possible.
SwimIncarnation refutationOf(const Claim& accusation);

std::string toString(const Claim& claim);  // "n2 suspect 3.1 by n0"

}  // namespace henge
