// Who is up, whose data directory is whose, and whether this node itself may vote.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/node_status.h"
#include "core/ring.h"
#include "core/up_set.h"
#include "server/membership/detector.h"
#include "server/membership/peer_file.h"
#include "server/membership/remembered_peer.h"
#include "server/membership/slow_peers.h"
#include "server/ports/clock.h"
#include "server/ports/disk.h"
#include "server/ports/events.h"
#include "server/ports/membership.h"
#include "server/ports/timers.h"

namespace henge::membership {

struct PeerBookOptions {
  NodeId self;
  DirectoryId directory;         // this node's own
  bool freshDirectory = false;   // it was made at this very start
  Duration savedEvery = 5_s;     // how far the remembered log positions may lag; also retries
  Duration reachedWithin = 5_s;  // what another reached then, it may reach now: a round of probes
};

struct PeerBookEnv {
  ports::Clock& clock;
  ports::Timers& timers;
  ports::Disk& disk;
  ports::Events& events;
};

class PeerBookSink {
 public:
  // The book is read: links may begin. An error: what peers had is not known, don't start.
  virtual void onPeerBookOpened(Status status) = 0;

 protected:
  ~PeerBookSink() = default;
};

// Remembers, on disk, each peer's directory, its latest start and how far its log was synced, so
// that a node which comes back with less than it acknowledged is noticed and takes part in no
// quorum until an operator accepts it (design: amnesia). A member is up while this node's link to
// it lives, the cluster does not take it to be dead (detector.h), what this node knows of it is on
// disk, and nothing is held against it.
//
// This node's own standing is kept here too. It does not vote while a peer, or damage found at
// start, says that it may have lost something; nor, with a directory made just now, before a
// majority of the members (itself counted) knows of no other directory of it.
// docs/format/peers.md; docs/mechanisms/rebuilding.md
//
// Of links only those that this node has dialled tell; hello comes before onLinkUp.
// Thread: its loop only. Ports and sink outlive it. open() first; nothing else before its event.
class PeerBook final : public ports::Membership,
                       public ports::PeerEvents,
                       public ports::DiskSink,
                       public ports::TimerSink,
                       public PeerFileSink,
                       public StandingSink,
                       public SlownessSink {
 public:
  PeerBook(PeerBookOptions options, std::shared_ptr<const Ring> ring, PeerBookEnv env);

  void open(PeerBookSink& sink);

  const UpSet& upSet() const override { return upSet_; }

  ports::HelloVerdict onHello(const PeerHello& theirs) override;
  void onHelloAnswered(const PeerHello& theirs, const ports::HelloVerdict& verdict) override;
  void onLinkUp(NodeId peer) override;
  void onLinkDown(NodeId peer, const std::string& reason) override;
  void onSynced(NodeId peer, LogPosition synced) override;
  void onStanding(NodeId member, Standing standing, const std::vector<NodeId>& by) override;
  void onReachedBy(NodeId member, NodeId relay) override;
  void onSlow(NodeId peer, bool slow, const std::string& why) override;

  // Damage was found here: this node may have lost what it acknowledged.
  void markRebuilding(const std::string& reason);

  // Everything told so far is on disk.
  bool allSaved() const { return writer_.idle() && !unsaved_; }

  // An operator takes a directory as it is. It must be the one `node` has now. The answer is a
  // sentence; an own directory votes again at once, a peer's when that is on disk.
  Result<std::string> accept(NodeId node, DirectoryId directory);

  // For this node's hello: it may have lost something. (Not while it is merely new: peers would not
  // learn of the end of that.)
  bool mustRebuild() const { return own_.ownRebuilding.has_value(); }
  // Why this node does not vote; empty if it does.
  std::string ownReason() const;

  std::vector<MemberView> memberViews() const;  // every member, ascending by id

 private:
  struct Peer {
    RememberedPeer known;
    bool met = false;               // `known` is filled
    bool linked = false;            // this node's own link to it, the one that requests take, is up
    bool saysRebuilding = false;    // its own word, at its latest hello
    std::optional<PeerHello> seen;  // its latest hello of this run
    std::deque<Incarnation> gone;   // earlier starts of its directory, met in this run; latest last
    std::uint64_t knownAt = 0;      // the save that makes directory and start durable
    bool syncedDirty = false;
    std::string downReason = "not reached yet";
    Liveness liveness = Liveness::down;
    MonoTime since;
  };

  // What is said of a peer, if anything.
  struct Rumour {
    Standing standing = Standing::alive;
    std::vector<NodeId> foundBy;      // suspect, dead: who found out
    std::optional<NodeId> reachedBy;  // another member's link to it works, this node's does not
    MonoTime reachedAt;
    std::string slowWhy;  // empty: it is not slow
  };

  void onDisk(OpId op, ports::DiskResult result) override;  // the file, read
  void onTimer(std::uint64_t token) override;
  PeerFile currentFile() override;
  void onSaved(std::uint64_t generation) override;
  void onSaveFailed(const Error& error) override;

  Status load(const ports::DiskResult& result);
  // Words of a start that has been replaced may wait, unread, in a connection of this process: so
  // many starts are known by name, besides the one that is on disk.
  static constexpr std::size_t goneMax = 16;
  bool isGone(const Peer& peer, const PeerHello& theirs) const;

  enum class Told { byItself, whenDialled };  // only who was dialled is surely alive now
  ports::HelloVerdict meet(const PeerHello& theirs, Told told);
  ports::HelloVerdict meetAsKnown(Peer& peer, const PeerHello& theirs, Told told);
  void remember(Peer& peer, const PeerHello& theirs);
  void object(Peer& peer, const PeerHello& theirs, const std::string& reason);
  void loseVote(const std::string& reason);
  void confirmIfMajority();
  Result<std::string> acceptSelf(DirectoryId directory);
  Result<std::string> acceptPeer(Peer& peer, DirectoryId directory);
  void forgive(Peer& peer);

  std::uint64_t save();
  void saveLater();
  void refreshSelf();
  void refresh(Peer& peer);
  Liveness livenessOf(const Peer& peer) const;
  std::string reasonOf(const Peer& peer) const;
  const Rumour& rumourOf(const Peer& peer) const;
  std::string inWords(const Rumour& rumour) const;
  int majority() const;

  PeerBookOptions options_;
  std::shared_ptr<const Ring> ring_;
  PeerBookEnv env_;
  PeerFileWriter writer_;
  PeerBookSink* opening_ = nullptr;
  bool open_ = false;
  PeerFile own_;                  // this node's part of the file; `peers` is filled when saved
  std::map<NodeId, Peer> peers_;  // every other member
  std::map<NodeId, Rumour> rumours_;
  std::vector<NodeId> unobjecting_;  // members that answered this node's hello without objecting
  Liveness ownLiveness_ = Liveness::down;  // until opened
  MonoTime ownSince_;
  bool timerSet_ = false;
  bool unsaved_ = false;  // the last save failed
  UpSet upSet_;
};

}  // namespace henge::membership
