// The hello of two nodes; the rest of replica.thrift is in convert_replica.cc.
#include "wire/convert_replica.h"

namespace henge::wire {

namespace {

bool isCount(std::int32_t number) { return number >= 0; }

std::optional<std::string> missingOf(const thrift::PeerHelloRequest& in) {
  const auto& is = in.__isset;
  if (!is.protocolMin || !is.protocolMax) return "protocol";
  if (!is.cluster) return "cluster";
  if (!is.node) return "node";
  if (!is.directory) return "directory";
  if (!is.boot || !is.nonce) return "boot";
  if (!is.shards) return "shards";
  if (!is.epoch || !is.ringHash) return "ring";
  if (!is.replication) return "replication";
  if (!isCount(in.protocolMin) || !isCount(in.protocolMax) || !isCount(in.shards) ||
      !isCount(in.valueBytesMax)) {
    return "number at or above 0";
  }
  return std::nullopt;
}

}  // namespace

thrift::PeerHelloRequest toThrift(const PeerHello& hello) {
  thrift::PeerHelloRequest out;
  out.__set_protocolMin(static_cast<std::int32_t>(hello.protocolMin));
  out.__set_protocolMax(static_cast<std::int32_t>(hello.protocolMax));
  out.__set_features(hello.features);
  out.__set_cluster(toSigned(hello.cluster.value));
  out.__set_clusterName(hello.clusterName);
  out.__set_node(toThrift(hello.node));
  out.__set_directory(toSigned(hello.directory.value));
  out.__set_boot(toSigned(hello.incarnation.boot));
  out.__set_nonce(toSigned(hello.incarnation.nonce));
  out.__set_shards(static_cast<std::int32_t>(hello.shards));
  out.__set_epoch(toSigned(hello.epoch));
  out.__set_ringHash(toSigned(hello.ringHash));
  out.__set_replication(hello.replication);
  out.__set_valueBytesMax(static_cast<std::int32_t>(hello.valueBytesMax));
  out.__set_syncedTo(toThrift(hello.syncedTo));
  out.__set_rebuilding(hello.rebuilding);
  out.__set_hybridTime(hello.hybridTime);
  out.__set_wallTime(hello.wallTime);
  return out;
}

std::optional<std::string> toCore(thrift::PeerHelloRequest& in, PeerHello& out) {
  if (const auto missing = missingOf(in)) return "a hello without its " + *missing;
  out.protocolMin = static_cast<std::uint32_t>(in.protocolMin);
  out.protocolMax = static_cast<std::uint32_t>(in.protocolMax);
  out.features = std::move(in.features);
  out.cluster = {toUnsigned(in.cluster)};
  out.clusterName = std::move(in.clusterName);
  out.node = toNode(in.node);
  out.directory = {toUnsigned(in.directory)};
  out.incarnation = {toUnsigned(in.boot), toUnsigned(in.nonce)};
  out.shards = static_cast<std::uint32_t>(in.shards);
  out.epoch = toUnsigned(in.epoch);
  out.ringHash = toUnsigned(in.ringHash);
  out.replication = in.replication;
  out.valueBytesMax = static_cast<std::uint32_t>(in.valueBytesMax);
  out.syncedTo = toCore(in.syncedTo);
  out.rebuilding = in.rebuilding;
  out.hybridTime = in.hybridTime;
  out.wallTime = in.wallTime;
  return std::nullopt;
}

}  // namespace henge::wire
