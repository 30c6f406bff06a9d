#include "core/peer_hello.h"

#include "core/bytes.h"

namespace henge {

namespace {

Error mismatch(const std::string& what, const std::string& here, const std::string& there,
               const std::string& right) {
  return {ErrorKind::mismatch, what + " " + here + " here, " + there + " there: " + right};
}

std::string protocolsOf(const PeerHello& hello) {
  return std::to_string(hello.protocolMin) + " to " + std::to_string(hello.protocolMax);
}

std::string clusterOf(const PeerHello& hello) {
  return "\"" + hello.clusterName + "\" " + toString(hello.cluster);
}

std::string ringOf(const PeerHello& hello) {
  Bytes hash;
  appendBigEndian64(hash, hello.ringHash);
  return toHex(hash) + " of epoch " + std::to_string(hello.epoch);
}

std::string runOf(const PeerHello& hello) {
  return toString(hello.node) + " in directory " + toString(hello.directory);
}

const char* const sameFile = "both nodes need the same cluster file";

}  // namespace

Status checkHello(const PeerHello& mine, const PeerHello& theirs) {
  if (theirs.protocolMin > mine.protocolMax || theirs.protocolMax < mine.protocolMin) {
    return mismatch("peer protocol", protocolsOf(mine), protocolsOf(theirs),
                    "one version must be spoken by both, update the older node");
  }
  if (theirs.cluster != mine.cluster) {
    return mismatch("cluster", clusterOf(mine), clusterOf(theirs), sameFile);
  }
  if (theirs.replication != mine.replication) {
    return mismatch("replication", std::to_string(mine.replication),
                    std::to_string(theirs.replication), sameFile);
  }
  if (theirs.ringHash != mine.ringHash || theirs.epoch != mine.epoch) {
    return mismatch("ring", ringOf(mine), ringOf(theirs), sameFile);
  }
  if (theirs.shards != mine.shards) {
    return mismatch("shards", std::to_string(mine.shards), std::to_string(theirs.shards),
                    "all data directories must be made with one number of shards");
  }
  if (theirs.node == mine.node) {
    return mismatch("node", runOf(mine), runOf(theirs),
                    theirs.incarnation == mine.incarnation
                        ? "a peer address in the cluster file leads back to this node"
                        : "each node needs an id of its own");
  }
  return {};
}

}  // namespace henge
