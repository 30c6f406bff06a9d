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

// A start that was not known yet is alive, whatever was said of an earlier one.
void Detector::onHello(const PeerHello& theirs) {
  Member* const found = find(theirs.node);
  if (found == nullptr) return;
  Member& member = *found;
  member.gossips = hasFeature(theirs, ports::gossips);
  const Claim alive{theirs.node, Standing::alive, {theirs.incarnation.boot, 0}, theirs.node};
  if (overrules(alive, member.held) || !member.gossips) believe(member, alive);
  arm();
}

// One that is thought to be gone is told so at once, and can refute.
void Detector::onLinkUp(NodeId peer) {
  const Member* const member = find(peer);
  if (!running_ || member == nullptr || !member->gossips) return;
  if (member->held.standing == Standing::alive || !canProbe(peer)) return;
  probes_->probe(peer, nextOp(), *this, env_.clock.now() + options_.probeEvery);
}

// Reset, refused, or silent for long: no verdict, but nothing to wait for either.
void Detector::onLinkLost(NodeId peer) {
  const Member* const member = find(peer);
  if (!running_ || member == nullptr || !member->gossips) return;
  if (member->held.standing == Standing::dead) return;
  accuse(peer);
  arm();
}

// What this node has answered to accusations comes first, then what is said of the receiver: it
// must hear of it to refute it.
std::vector<Claim> Detector::claimsFor(NodeId to) {
  std::vector<Claim> claims;
  if (own_.refuted > 0 || own_.boot != options_.boot) {
    claims.push_back(heldOf(options_.self));
  }
  const Member* const receiver = notAlive_ > 0 ? find(to) : nullptr;
  if (receiver != nullptr && receiver->held.standing != Standing::alive) {
    claims.push_back(receiver->held);
  }
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
  for (const Claim& claim : claims) hear(claim);
  arm();
}

void Detector::hear(Claim claim) {
  if (claim.about == options_.self) {
    if (accuses(claim, own_)) refute(claim);
    return;
  }
  Member* const found = find(claim.about);
  if (found == nullptr || !found->gossips) return;
  Member& member = *found;
  if (claim.standing == Standing::dead && running_ && canProbe(claim.about)) {
    probe("detector: a death by hearsay is a suspicion");
    claim.standing = Standing::suspect;
  }
  const Claim& held = member.held;
  if (overrules(claim, held)) {
    believe(member, claim);
    if (claim.standing == Standing::suspect && running_) suspectToo(claim);
  } else if (claim.standing == Standing::suspect && held.standing == Standing::suspect &&
             claim.incarnation == held.incarnation &&
             suspicions_.at(claim.about).confirm(claim.by)) {
    queue_.add(claim);
    tell(member);
  }
}

// Somebody else's suspicion of one that this node may know better. A word of its own shortens the
// wait if it is right, and brings the accusation to the suspect if it is not.
void Detector::suspectToo(const Claim& claim) {
  if (!suspicions_.at(claim.about).wantsConfirmation()) return;
  if (canProbe(claim.about)) {
    order_.prefer(claim.about);
  } else {
    accuse(claim.about);
  }
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
  // Its answer, whenever it comes, bears its refutation.
  if (canProbe(node)) {
    probes_->probe(node, nextOp(), *this, env_.clock.now() + options_.probeEvery);
  }
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
