// How members stand, in the up-set and in words, and what an operator may do about it.
#include <cassert>

#include "server/membership/peer_book.h"

namespace henge::membership {
namespace {

std::string_view nameOf(Liveness liveness) {
  switch (liveness) {
    case Liveness::up:
      return "up";
    case Liveness::down:
      return "down";
    case Liveness::rebuilding:
      return "rebuilding";
  }
  return "";
}

}  // namespace

Liveness PeerBook::livenessOf(const Peer& peer) const {
  if (peer.known.objection) return Liveness::rebuilding;
  if (!peer.linked || rumourOf(peer).standing == Standing::dead) return Liveness::down;
  if (peer.saysRebuilding) return Liveness::rebuilding;
  const bool remembered = peer.met && peer.knownAt <= writer_.durable();
  return remembered ? Liveness::up : Liveness::down;
}

std::string PeerBook::reasonOf(const Peer& peer) const {
  if (peer.known.objection) {
    return peer.known.objection->reason + (!peer.linked ? "; not connected" : "");
  }
  const Rumour& heard = rumourOf(peer);
  if (peer.liveness == Liveness::up) return heard.slowWhy.empty() ? "" : "slow: " + heard.slowWhy;
  std::string rumour = inWords(heard);
  if (!peer.linked) return peer.downReason + (rumour.empty() ? "" : "; " + rumour);
  if (heard.standing == Standing::dead) return rumour;
  if (peer.saysRebuilding) return "it says that it must rebuild";
  return "it is being remembered on disk";
}

const PeerBook::Rumour& PeerBook::rumourOf(const Peer& peer) const {
  static const Rumour none;
  const auto found = rumours_.find(peer.known.node);
  return found == rumours_.end() ? none : found->second;
}

// What the cluster says of one that is not reached from here.
std::string PeerBook::inWords(const Rumour& rumour) const {
  if (rumour.standing == Standing::alive) {
    const bool reached =
        rumour.reachedBy && env_.clock.now() - rumour.reachedAt <= options_.reachedWithin;
    if (!reached) return {};
    return "alive, says " + toString(*rumour.reachedBy) + ", but not reached from here";
  }
  std::string names;
  for (const NodeId node : rumour.foundBy) names += (names.empty() ? "" : ", ") + toString(node);
  return (rumour.standing == Standing::dead ? "found dead by " : "suspected by ") + names;
}

void PeerBook::onStanding(NodeId member, Standing standing, const std::vector<NodeId>& by) {
  Rumour& rumour = rumours_[member];
  const bool dies = standing == Standing::dead && rumour.standing != Standing::dead;
  rumour.standing = standing;
  rumour.foundBy = by;
  if (dies) {
    env_.events.note(ports::Severity::warning, toString(member) + " is " + inWords(rumour));
  }
  refresh(peers_.at(member));
}

void PeerBook::onReachedBy(NodeId member, NodeId relay) {
  Rumour& rumour = rumours_[member];
  rumour.reachedBy = relay;
  rumour.reachedAt = env_.clock.now();
}

void PeerBook::onSlow(NodeId node, bool slow, const std::string& why) {
  if (!peers_.contains(node)) return;
  rumours_[node].slowWhy = slow ? why : "";
  upSet_.setSlow(node, slow);
  env_.events.note(slow ? ports::Severity::warning : ports::Severity::info,
                   toString(node) + (slow ? " is slow: " : " is slow no more: ") + why);
}

void PeerBook::refresh(Peer& peer) {
  const Liveness liveness = livenessOf(peer);
  if (liveness == peer.liveness) return;
  peer.liveness = liveness;
  peer.since = env_.clock.now();
  upSet_.set(peer.known.node, liveness);
  const std::string reason = reasonOf(peer);
  env_.events.note(
      liveness == Liveness::rebuilding ? ports::Severity::warning : ports::Severity::info,
      toString(peer.known.node) + " is " + std::string(nameOf(liveness)) +
          (reason.empty() ? "" : ": " + reason));
}

void PeerBook::refreshSelf() {
  const Liveness liveness = ownReason().empty() ? Liveness::up : Liveness::rebuilding;
  if (liveness == ownLiveness_) return;
  ownLiveness_ = liveness;
  ownSince_ = env_.clock.now();
  upSet_.set(options_.self, liveness);
}

std::string PeerBook::ownReason() const {
  if (own_.ownRebuilding) return *own_.ownRebuilding;
  if (own_.confirmed) return {};
  const int more = majority() - 1 - static_cast<int>(unobjecting_.size());
  return "new data directory: waits until " + std::to_string(more) +
         " more members know of no other one of this node";
}

std::vector<MemberView> PeerBook::memberViews() const {
  std::vector<MemberView> views;
  const MonoTime now = env_.clock.now();
  for (const Member& member : ring_->cluster().members) {
    MemberView& view = views.emplace_back();
    view.member = member;
    view.liveness = upSet_.of(member.id);
    if (member.id == options_.self) {
      view.reason = ownReason();
      view.since = now - ownSince_;
      view.directory = options_.directory;
      continue;
    }
    const Peer& peer = peers_.at(member.id);
    view.reason = reasonOf(peer);
    view.since = now - peer.since;
    view.standing = rumourOf(peer).standing;
    view.slow = !rumourOf(peer).slowWhy.empty();
    view.directory = peer.known.objection ? peer.known.objection->directory : peer.known.directory;
  }
  return views;
}

Result<std::string> PeerBook::accept(NodeId node, DirectoryId directory) {
  assert(open_);
  if (node == options_.self) return acceptSelf(directory);
  const auto found = peers_.find(node);
  if (found == peers_.end()) {
    return Error{ErrorKind::notFound, toString(node) + " is no member of this cluster"};
  }
  return acceptPeer(found->second, directory);
}

Result<std::string> PeerBook::acceptSelf(DirectoryId directory) {
  if (directory != options_.directory) {
    return Error{ErrorKind::mismatch, toString(options_.self) + " has data directory " +
                                          toString(options_.directory) + ", not " +
                                          toString(directory)};
  }
  if (ownReason().empty()) {
    return toString(options_.self) + " votes already, nothing was to be accepted";
  }
  own_.ownRebuilding.reset();
  own_.confirmed = true;
  // What it held against others it may have known from before it lost its memory.
  for (auto& [node, peer] : peers_) {
    if (peer.known.objection) forgive(peer);
  }
  env_.events.note(ports::Severity::warning,
                   "an operator has accepted this node's data directory as it is");
  save();
  refreshSelf();
  return toString(options_.self) + " accepts its data directory " + toString(directory) +
         " as it is and votes again";
}

// The directory it has now becomes the one that is known.
void PeerBook::forgive(Peer& peer) {
  const DirectoryId now =
      peer.known.objection ? peer.known.objection->directory : peer.known.directory;
  if (peer.seen && peer.seen->directory == now) {
    remember(peer, *peer.seen);
  } else {
    const bool binds = peer.known.syncedBinds;
    peer.known = RememberedPeer{peer.known.node, now, {}, {}, {}, binds, {}};
    peer.knownAt = save();
  }
  refresh(peer);
}

// What is accepted becomes what is known, so that the same start is not objected to once more.
Result<std::string> PeerBook::acceptPeer(Peer& peer, DirectoryId directory) {
  const std::string name = toString(peer.known.node);
  if (!peer.met) {
    return Error{ErrorKind::notFound, name + " has not been met by " + toString(options_.self) +
                                          " yet, there is nothing to accept"};
  }
  const DirectoryId now =
      peer.known.objection ? peer.known.objection->directory : peer.known.directory;
  if (directory != now) {
    return Error{ErrorKind::mismatch, name + " was last seen by " + toString(options_.self) +
                                          " with data directory " + toString(now) + ", not " +
                                          toString(directory)};
  }
  if (!peer.known.objection && !peer.saysRebuilding) {
    return toString(options_.self) + " holds nothing against " + name;
  }
  peer.saysRebuilding = false;
  forgive(peer);
  return toString(options_.self) + " accepts data directory " + toString(directory) + " of " +
         name + " as it is";
}

}  // namespace henge::membership
