#include "server/node/own_identity.h"

#include <fmt/format.h>

namespace henge::node {

namespace {

Error mismatch(std::string message) { return {ErrorKind::mismatch, std::move(message)}; }

std::string joined(const std::vector<Bytes>& tokens) {
  std::string text;
  for (const Bytes& token : tokens) text += (text.empty() ? "" : " ") + toHex(token);
  return text;
}

Status check(const storage::Identity& found, const Cluster& cluster, const Member& member,
             const std::string& path) {
  if (found.cluster != cluster.id) {
    return mismatch(fmt::format("{} belongs to cluster {}, the cluster file is of \"{}\" {}", path,
                                toString(found.cluster), cluster.name, toString(cluster.id)));
  }
  if (found.node != member.id) {
    return mismatch(fmt::format("{} belongs to {}, this is {}: give each node its own --data", path,
                                toString(found.node), toString(member.id)));
  }
  if (found.tokens != member.tokens) {
    return mismatch(
        fmt::format("{} was made for {} with tokens {}, the cluster file says {}: moving "
                    "a token is not supported, restore the file",
                    path, toString(member.id), joined(found.tokens), joined(member.tokens)));
  }
  if (found.ringHash != ringHash(cluster)) {
    return mismatch(
        fmt::format("{} was made with another ring (members, zones, tokens, N or "
                    "partitioner differ): {:016x}, now {:016x}; restore the cluster file",
                    path, found.ringHash, ringHash(cluster)));
  }
  if (found.shards != 1) {
    return mismatch(
        fmt::format("{} was made with {} shards, this version has 1", path, found.shards));
  }
  return {};
}

storage::Identity drawn(const Cluster& cluster, const Member& member, ports::Random& random) {
  storage::Identity identity;
  identity.cluster = cluster.id;
  identity.node = member.id;
  identity.directory = DirectoryId{random.next()};
  identity.hashSeed = random.next();
  identity.ringHash = ringHash(cluster);
  identity.tokens = member.tokens;
  return identity;
}

}  // namespace

Result<OwnIdentity> nextStart(const FoundDirectory& found, const Cluster& cluster, NodeId node,
                              ports::Random& random) {
  const Member* member = cluster.find(node);
  if (!member) {
    return mismatch(
        fmt::format("{} is not a member of cluster \"{}\"", toString(node), cluster.name));
  }
  OwnIdentity own;
  if (found.identityFile) {
    Result<storage::Identity> kept = storage::decodeIdentity(*found.identityFile);
    if (!kept.ok()) return kept.error();
    if (const Status status = check(*kept, cluster, *member, found.path); !status.ok()) {
      return status.error();
    }
    own.identity = std::move(*kept);
  } else if (found.holdsData) {
    return Error{ErrorKind::corrupt, found.path +
                                         " holds data but no identity file: it is "
                                         "not known whose it is; restore the file from a copy"};
  } else {
    own.identity = drawn(cluster, *member, random);
    own.fresh = true;
  }
  ++own.identity.boot;
  own.identity.writer = random.next();
  own.incarnation = {own.identity.boot, random.next()};
  return own;
}

}  // namespace henge::node
