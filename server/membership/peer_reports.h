// What the links and the door tell, for all who must hear of it.
#pragma once

#include <set>
#include <string>

#include "server/membership/detector.h"
#include "server/membership/peer_book.h"
#include "server/ports/membership.h"

namespace henge::membership {

// The book first: its verdict is the answer to a hello. Thread: the loop's.
class PeerReports final : public ports::PeerEvents {
 public:
  PeerReports(PeerBook& book, Detector& detector) : book_(book), detector_(detector) {}

  ports::HelloVerdict onHello(const PeerHello& theirs) override;
  void onHelloAnswered(const PeerHello& theirs, const ports::HelloVerdict& verdict) override;
  void onLinkUp(NodeId peer) override;
  void onLinkDown(NodeId peer, const std::string& reason) override;
  void onSynced(NodeId peer, LogPosition synced) override { book_.onSynced(peer, synced); }

 private:
  PeerBook& book_;
  Detector& detector_;
  std::set<NodeId> up_;  // a dial that fails once more is no loss
};

}  // namespace henge::membership
