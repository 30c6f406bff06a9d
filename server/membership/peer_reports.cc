#include "server/membership/peer_reports.h"

namespace henge::membership {

ports::HelloVerdict PeerReports::onHello(const PeerHello& theirs) {
  ports::HelloVerdict verdict = book_.onHello(theirs);
  detector_.onHello(theirs);
  return verdict;
}

void PeerReports::onHelloAnswered(const PeerHello& theirs, const ports::HelloVerdict& verdict) {
  book_.onHelloAnswered(theirs, verdict);
  detector_.onHello(theirs);
}

void PeerReports::onLinkUp(NodeId peer) {
  up_.insert(peer);
  book_.onLinkUp(peer);
  detector_.onLinkUp(peer);
}

void PeerReports::onLinkDown(NodeId peer, const std::string& reason) {
  book_.onLinkDown(peer, reason);
  if (up_.erase(peer) > 0) detector_.onLinkLost(peer);
}

}  // namespace henge::membership
