// The ring: which nodes hold a key. Consistent hashing without the hash: positions are byte strings
// in lexicographic order (Dynamo, SOSP 2007, section 4.2; Cassandra's ByteOrderedPartitioner).
#pragma once

#include <string>
#include <vector>

#include "core/bytes.h"
#include "core/cluster.h"

namespace henge {

// From `first` (a token) up to the next token, `end`; the last range on the ring wraps around: what
// is below the first token belongs to it. On a ring of one token `end` is `first`.
struct RingRange {
  Bytes first;
  Bytes end;
  std::vector<NodeId> replicas;  // replicas[0] is the owner
};

// How a replica orders what it holds, so that ranges of the ring are ranges of its store: the key
// itself, or 8 bytes of its hash and then the key.
Bytes orderedKey(Partitioner partitioner, BytesView key);

// Immutable: replaced whole when the cluster changes. Any thread may read it.
class Ring {
 public:
  explicit Ring(Cluster cluster);  // precondition: validate(cluster) is ok

  const Cluster& cluster() const { return cluster_; }
  int replication() const { return cluster_.replication; }

  // Where a key stands on the ring: the key itself, or 8 bytes of its hash, big end first.
  Bytes positionOf(BytesView key) const;

  // The key's owner, then the next N-1 distinct nodes clockwise, taking a node of a zone not yet
  // used while there is one (and any node once every zone is used). Members that name no zone share
  // one unnamed zone; where no member names any, ring order alone decides. Always N nodes, found in
  // O(log ranges). The reference lives as long as the ring.
  const std::vector<NodeId>& replicasOf(BytesView key) const;
  const RingRange& rangeOf(BytesView key) const;

  // In order of `first`; each token begins one.
  const std::vector<RingRange>& ranges() const { return ranges_; }

 private:
  Cluster cluster_;
  std::vector<RingRange> ranges_;
};

}  // namespace henge
