#include "server/membership/remembered_peer.h"

#include <algorithm>

namespace henge::membership {

bool hasFeature(const PeerHello& hello, const char* feature) {
  return std::find(hello.features.begin(), hello.features.end(), feature) != hello.features.end();
}

Judgement judge(const RememberedPeer& known, const PeerHello& hello) {
  if (known.objection && known.objection->directory == hello.directory) {
    return {Meeting::objected, known.objection->reason};
  }
  if (hello.directory != known.directory) {
    return {Meeting::objected, "its data directory is " + toString(hello.directory) +
                                   ", the one known here is " + toString(known.directory)};
  }
  if (hello.incarnation == known.incarnation) return {Meeting::same, {}};
  if (hello.incarnation == known.before) return {Meeting::belated, {}};
  if (hello.incarnation.boot <= known.incarnation.boot) {
    return {Meeting::earlier, "start " + std::to_string(hello.incarnation.boot) +
                                  " of its data directory after start " +
                                  std::to_string(known.incarnation.boot) +
                                  " was met: an older copy"};
  }
  if (known.syncedBinds && hello.syncedTo < known.synced) {
    return {Meeting::objected, "its log ends at " + toString(hello.syncedTo) +
                                   ", but was on disk up to " + toString(known.synced)};
  }
  return {Meeting::later, {}};
}

}  // namespace henge::membership
