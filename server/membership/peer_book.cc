#include "server/membership/peer_book.h"

#include <algorithm>
#include <cassert>

#include "core/rehearsal.h"

namespace henge::membership {

PeerBook::PeerBook(PeerBookOptions options, std::shared_ptr<const Ring> ring, PeerBookEnv env)
    : options_(options), ring_(std::move(ring)), env_(env), writer_(env_.disk, *this) {
  const Cluster& cluster = ring_->cluster();
  assert(cluster.find(options_.self) != nullptr);
  own_.cluster = cluster.id;
  own_.self = options_.self;
  own_.directory = options_.directory;
  for (const Member& member : cluster.members) {
    if (member.id == options_.self) continue;
    Peer& peer = peers_[member.id];
    peer.known.node = member.id;
    peer.since = env_.clock.now();
    upSet_.set(member.id, Liveness::down);
  }
  upSet_.set(options_.self, Liveness::rebuilding);  // until it is known whether it may vote
}

void PeerBook::open(PeerBookSink& sink) {
  assert(!open_ && opening_ == nullptr);
  opening_ = &sink;
  env_.disk.read(OpId{1}, *this, peerFileName, 0, peerFileBytesMax + 1);
}

void PeerBook::onDisk(OpId, ports::DiskResult result) {
  assert(!open_ && opening_ != nullptr);
  const Status status = load(result);
  if (status.ok()) {
    open_ = true;
    for (auto& [node, peer] : peers_) refresh(peer);
    confirmIfMajority();
    refreshSelf();
  }
  opening_->onPeerBookOpened(status);
}

Status PeerBook::load(const ports::DiskResult& result) {
  if (!result.status.ok()) {
    const bool none = result.status.error().kind == ErrorKind::notFound;
    return none ? Status() : result.status;
  }
  Result<PeerFile> decoded = decodePeerFile(result.bytes);
  if (!decoded.ok()) return decoded.error();
  const PeerFile& file = *decoded;
  if (file.cluster != own_.cluster || file.self != own_.self || file.directory != own_.directory) {
    return Error{ErrorKind::mismatch, "the file peers belongs to " + toString(file.self) +
                                          " in directory " + toString(file.directory) +
                                          ", not to this data directory"};
  }
  own_.confirmed = file.confirmed && !options_.freshDirectory;
  own_.ownRebuilding = file.ownRebuilding;
  for (const RememberedPeer& known : file.peers) {
    const auto found = peers_.find(known.node);
    if (found == peers_.end()) continue;  // no member any more
    found->second.known = known;
    found->second.met = true;
  }
  return {};
}

ports::HelloVerdict PeerBook::onHello(const PeerHello& theirs) {
  return meet(theirs, Told::byItself);
}

// Who is not counted here is no witness either: a peer that came back with an old copy remembers
// old directories of others. Nothing is lost by that, since no quorum of this node's has it in it.
void PeerBook::onHelloAnswered(const PeerHello& theirs, const ports::HelloVerdict& verdict) {
  const bool trusted = !meet(theirs, Told::whenDialled).youRebuild && !theirs.rebuilding;
  if (verdict.youRebuild && trusted) {
    return loseVote("says " + toString(theirs.node) + ": " + verdict.reason);
  }
  if (verdict.youRebuild) return probe("peers: an objection of one who is not trusted");
  const auto known = std::find(unobjecting_.begin(), unobjecting_.end(), theirs.node);
  if (!trusted || known != unobjecting_.end() || !peers_.contains(theirs.node)) return;
  unobjecting_.push_back(theirs.node);
  confirmIfMajority();
}

ports::HelloVerdict PeerBook::meet(const PeerHello& theirs, Told told) {
  assert(open_);
  const auto found = peers_.find(theirs.node);
  if (found == peers_.end()) {
    env_.events.note(ports::Severity::warning,
                     toString(theirs.node) + " says hello but is no other member");
    return {};
  }
  Peer& peer = found->second;
  ports::HelloVerdict verdict;
  if (peer.met) {
    verdict = meetAsKnown(peer, theirs, told);
  } else {
    peer.saysRebuilding = theirs.rebuilding;
    remember(peer, theirs);
  }
  refresh(peer);
  return verdict;
}

// An unknown earlier start, or another directory, is an old copy or a new disk – or the last words
// of a process that has been replaced meanwhile, read late. While the remembered start is connected
// the speaker is told, and if it is alive it knows; but it is not held against the one that is
// there. If that one is gone, the next dial tells.
ports::HelloVerdict PeerBook::meetAsKnown(Peer& peer, const PeerHello& theirs, Told told) {
  const Judgement judgement = judge(peer.known, theirs);
  if (judgement.meeting == Meeting::belated ||
      (judgement.meeting == Meeting::earlier && isGone(peer, theirs)))
    return probe("peers: a belated hello"), ports::HelloVerdict{};
  const bool isAnother =
      judgement.meeting == Meeting::earlier || judgement.meeting == Meeting::objected;
  if (isAnother && peer.linked && !peer.known.objection) {
    probe("peers: another start while one is connected");
    const bool sameDirectory = theirs.directory == peer.known.directory;
    peer.saysRebuilding = peer.saysRebuilding || (sameDirectory && theirs.rebuilding);
    return {true, judgement.reason};
  }
  // The right directory may be back, or these are its last words, read late: a dial will tell.
  if (judgement.meeting == Meeting::same && peer.known.objection && told == Told::byItself) {
    return probe("peers: the right directory, perhaps of late"), ports::HelloVerdict{};
  }
  peer.seen = theirs;
  peer.saysRebuilding = theirs.rebuilding;
  switch (judgement.meeting) {
    case Meeting::same:
      if (peer.known.objection) remember(peer, theirs);  // the right directory is back
      onSynced(theirs.node, theirs.syncedTo);
      return {};
    case Meeting::later:
      remember(peer, theirs);
      return {};
    case Meeting::earlier:
    case Meeting::objected:
    case Meeting::belated:
      break;
  }
  object(peer, theirs, judgement.reason);
  return {true, judgement.reason};
}

bool PeerBook::isGone(const Peer& peer, const PeerHello& theirs) const {
  return std::ranges::find(peer.gone, theirs.incarnation) != peer.gone.end();
}

// The peer counts as up only when this is on disk: else, after a crash of this node, an older copy
// of that directory could come back and be believed.
void PeerBook::remember(Peer& peer, const PeerHello& theirs) {
  RememberedPeer& known = peer.known;
  const bool sameDirectory = peer.met && known.directory == theirs.directory;
  if (known.incarnation != theirs.incarnation || !sameDirectory) {
    known.before = sameDirectory ? known.incarnation : Incarnation{};
    if (!sameDirectory) peer.gone.clear();
    if (sameDirectory) peer.gone.push_back(known.incarnation);
    if (peer.gone.size() > goneMax) peer.gone.pop_front();
  }
  known.directory = theirs.directory;
  known.incarnation = theirs.incarnation;
  known.synced = theirs.syncedTo;
  known.syncedBinds = hasFeature(theirs, logSyncAlways);
  known.objection.reset();
  peer.met = true;
  peer.seen = theirs;
  peer.knownAt = save();
}

void PeerBook::object(Peer& peer, const PeerHello& theirs, const std::string& reason) {
  probe("peers: an objection");
  const Objection objection{theirs.directory, reason};
  if (peer.known.objection == objection) return;
  peer.known.objection = objection;
  save();
}

void PeerBook::onLinkUp(NodeId node) {
  const auto found = peers_.find(node);
  if (found == peers_.end()) return;
  found->second.linked = true;
  refresh(found->second);
}

void PeerBook::onLinkDown(NodeId node, const std::string& reason) {
  const auto found = peers_.find(node);
  if (found == peers_.end()) return;
  Peer& peer = found->second;
  peer.downReason = reason;
  peer.linked = false;
  if (peer.syncedDirty) save();
  refresh(peer);
}

void PeerBook::onSynced(NodeId node, LogPosition synced) {
  const auto found = peers_.find(node);
  if (found == peers_.end()) return;
  Peer& peer = found->second;
  if (!peer.met || peer.known.objection || synced <= peer.known.synced) return;
  peer.known.synced = synced;
  peer.syncedDirty = true;
  saveLater();
}

void PeerBook::markRebuilding(const std::string& reason) { loseVote(reason); }

void PeerBook::loseVote(const std::string& reason) {
  assert(open_);
  if (own_.ownRebuilding) return;  // the first reason stands until an operator has looked
  probe("peers: this node loses its vote");
  own_.ownRebuilding = reason;
  env_.events.note(ports::Severity::error, "this node must rebuild and does not vote: " + reason);
  save();
  refreshSelf();
}

// Once in a directory's life: whoever knew another directory of this node has had its chance.
void PeerBook::confirmIfMajority() {
  if (own_.confirmed || static_cast<int>(unobjecting_.size()) + 1 < majority()) return;
  own_.confirmed = true;
  save();
  refreshSelf();
}

int PeerBook::majority() const { return static_cast<int>(ring_->cluster().members.size()) / 2 + 1; }

std::uint64_t PeerBook::save() { return writer_.save(); }

PeerFile PeerBook::currentFile() {
  PeerFile file = own_;
  for (auto& [node, peer] : peers_) {
    if (peer.met) file.peers.push_back(peer.known);
    peer.syncedDirty = false;
  }
  return file;
}

void PeerBook::saveLater() {
  if (timerSet_) return;
  timerSet_ = true;
  env_.timers.wakeAt(env_.clock.now() + options_.savedEvery, *this, 0);
}

void PeerBook::onTimer(std::uint64_t) {
  timerSet_ = false;
  const bool dirty = std::any_of(peers_.begin(), peers_.end(),
                                 [](const auto& entry) { return entry.second.syncedDirty; });
  if (dirty || unsaved_) save();
}

void PeerBook::onSaved(std::uint64_t) {
  unsaved_ = false;
  for (auto& [node, peer] : peers_) refresh(peer);
}

// Nothing is lost but time: who waits to be remembered stays down, and it is tried again.
void PeerBook::onSaveFailed(const Error& error) {
  env_.events.note(ports::Severity::error, "the file peers cannot be written: " + error.message);
  probe("peers: a save failed");
  unsaved_ = true;
  saveLater();
}

}  // namespace henge::membership
