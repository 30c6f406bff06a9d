// What a node believes of the others, and what it tells on.
#include <algorithm>
#include <cassert>

#include "core/rehearsal.h"
#include "server/membership/detector.h"
#include "server/membership/remembered_peer.h"

namespace henge::membership {

namespace {

template <typename Members>
auto* findIn(Members& members, NodeId node) {
  const auto place =
      std::ranges::lower_bound(members, node, {}, [](const auto& one) { return one.held.about; });
  return place != members.end() && place->held.about == node ? &*place : nullptr;
}

}  // namespace

// A start that was not known yet is alive, whatever was said of an earlier one. So is one that does
// not gossip, whichever start it is; but what is known of the latest one stays known.
void Detector::onHello(const PeerHello& theirs) {
  Member* const found = find(theirs.node);
  if (found == nullptr) return;
  Member& member = *found;
  member.gossips = hasFeature(theirs, ports::gossips);
  Claim alive{theirs.node, Standing::alive, {theirs.incarnation.boot, 0}, theirs.node};
  if (!member.gossips) alive.incarnation = std::max(alive.incarnation, member.held.incarnation);
  if (overrules(alive, member.held) || !member.gossips) believe(member, alive);
  arm();
}

// One that is thought to be gone is told so at once, and can refute.
void Detector::onLinkUp(NodeId peer) {
  const Member* const member = find(peer);
  if (!running_ || member == nullptr || !member->gossips) return;
  if (member->held.standing == Standing::alive || !canProbe(peer)) return;
  askToRefute(peer);
}

// Reset, refused, or silent for long: no verdict, but nothing to wait for either.
void Detector::onLinkLost(NodeId peer) {
  const Member* const member = find(peer);
  if (!running_ || member == nullptr || !member->gossips) return;
  if (member->held.standing == Standing::dead) return;
  accuse(peer);
  arm();
}

// What this node has answered to accusations comes first, for as long as somebody may still believe
// them; then what is said of the receiver: it must hear of it to refute it.
std::vector<Claim> Detector::claimsFor(NodeId to) {
  const Member* const receiver = find(to);
  if (receiver == nullptr || !receiver->gossips) return {};
  std::vector<Claim> claims;
  if (accusedAt_ && env_.clock.now() - *accusedAt_ < refutationTold) {
    claims.push_back(heldOf(options_.self));
  }
  if (receiver->held.standing != Standing::alive) claims.push_back(receiver->held);
  for (const Claim& claim : queue_.take(claimsPerMessageMax, to)) {
    if (std::ranges::find(claims, claim) == claims.end()) claims.push_back(claim);
  }
  return claims;
}

Claim Detector::heldOf(NodeId member) const {
  if (member == options_.self) return {member, Standing::alive, own_, member};
  const Member* const found = find(member);
  return found == nullptr ? Claim{member, Standing::alive, {}, member} : found->held;
}

const Detector::Member* Detector::find(NodeId node) const { return findIn(members_, node); }
Detector::Member* Detector::find(NodeId node) { return findIn(members_, node); }

void Detector::onClaims(NodeId, const std::vector<Claim>& claims) {
  bool news = false;
  for (const Claim& claim : claims) news = hear(claim) || news;
  if (news) arm();
}

bool Detector::hear(Claim claim) {
  if (!isPossible(claim)) return false;
  if (claim.about == options_.self) return hearOfItself(claim), false;
  Member* const found = find(claim.about);
  if (found == nullptr || !found->gossips) return false;
  Member& member = *found;
  if (claim.standing == Standing::dead && running_ && canProbe(claim.about)) {
    probe("detector: a death by hearsay is a suspicion");
    claim.standing = Standing::suspect;
  }
  const Claim& held = member.held;
  if (overrules(claim, held)) {
    believe(member, claim);
    // This node may know better. A word of its own, if it asks and hears nothing either, shortens
    // the wait; and its question brings the accusation to the suspect.
    const bool wants = claim.standing == Standing::suspect && running_ &&
                       suspicions_.at(claim.about).wantsConfirmation();
    if (wants) order_.prefer(claim.about);
    return true;
  }
  if (claim.standing == Standing::suspect && held.standing == Standing::suspect &&
      claim.incarnation == held.incarnation && suspicions_.at(claim.about).confirm(claim.by)) {
    queue_.add(claim);
    tell(member);
    return true;
  }
  return false;
}

// An accusation that was refuted long since: whoever tells it has not heard of that.
void Detector::hearOfItself(const Claim& claim) {
  if (claim.standing == Standing::alive) return;
  accusedAt_ = env_.clock.now();
  if (accuses(claim, own_)) refute(claim);
}

void Detector::refute(const Claim& accusation) {
  probe("detector: refutes an accusation");
  ++counters_.refutations;
  own_ = refutationOf(accusation);
  health_.worse();
  queue_.add(heldOf(options_.self));
}

void Detector::accuse(NodeId node) {
  Member& member = *find(node);
  if (!member.gossips) return;
  Claim claim = member.held;
  claim.standing = Standing::suspect;
  claim.by = options_.self;
  if (overrules(claim, member.held)) {
    believe(member, claim);
  } else if (member.held.standing == Standing::suspect &&
             suspicions_.at(node).confirm(options_.self)) {
    queue_.add(claim);
    tell(member);
  } else {
    return;
  }
  askToRefute(node);
}

// What goes to it bears the accusation, and its answer, however late, the refutation.
void Detector::askToRefute(NodeId node) {
  if (!canProbe(node)) return;
  probes_->probe(node, nextOp(), *this, env_.clock.now() + options_.suspicionLeast);
}

void Detector::believe(Member& member, const Claim& claim) {
  const Standing before = member.held.standing;
  if (before != Standing::alive && claim.standing == Standing::alive) ++counters_.refuted;
  std::vector<NodeId> by{claim.by};
  const auto ended = suspicions_.find(claim.about);
  if (ended != suspicions_.end() && claim.standing == Standing::dead) {
    for (const NodeId one : ended->second.by()) {
      if (one != claim.by) by.push_back(one);
    }
  }
  if (before != Standing::alive) --notAlive_;
  if (claim.standing != Standing::alive) ++notAlive_;
  member.held = claim;
  suspicions_.erase(claim.about);
  if (claim.standing == Standing::suspect) {
    ++counters_.suspicions;
    suspicions_.emplace(claim.about, Suspicion(claim.by, env_.clock.now(), timing_));
  }
  // That a start is alive all have from its hello; that it was thought not to be, from this.
  const bool known = before == Standing::alive && claim.standing == Standing::alive &&
                     claim.incarnation.refuted == 0;
  if (member.gossips && !known) queue_.add(claim);
  if (claim.standing != before || claim.standing != Standing::alive) {
    std::ranges::sort(by);
    sink_.onStanding(claim.about, claim.standing, by);
  }
}

// One more has found out.
void Detector::tell(const Member& member) {
  std::vector<NodeId> by = suspicions_.at(member.held.about).by();
  std::ranges::sort(by);
  sink_.onStanding(member.held.about, member.held.standing, by);
}

}  // namespace henge::membership
